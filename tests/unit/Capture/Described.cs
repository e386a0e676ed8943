using System.Collections;
using System.Globalization;

namespace Intercept.Tests.Unit.Capture;

/// <summary>Records in words, lists included, so that two of them are compared by what they say.</summary>
internal static class Described
{
    public static string Of(object record) => string.Join('\n', record.GetType().GetProperties()
        .Select(property => $"{property.Name} = {Value(property.GetValue(record))}"));

    private static string Value(object? value) => value switch
    {
        null => "none",
        string text => text,
        IEnumerable list => $"[{string.Join(", ", list.Cast<object?>().Select(Value))}]",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
