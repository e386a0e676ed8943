using System.Globalization;
using Intercept.Control.Manifests.Reading;
using Intercept.Control.Model;
using Intercept.Xds.Reading;

namespace Intercept.Control.Manifests.Kinds;

/// <summary>Weights of ServiceProfiles and TrafficSplits, which are written as Kubernetes' quantities: 1, 500m, "90".</summary>
internal static class Quantity
{
    public const string Allowed = "a whole number such as 90, or thousandths such as 500m";

    private const uint PerUnit = 1000;

    // So that thousandths of it still are a number of 32 bits.
    private const decimal Largest = 4_000_000;

    /// <summary>In thousandths; null when it is absent or wrong, which is then reported.</summary>
    public static uint? Read(Fields fields, string name)
    {
        if (fields.Find(name) is not { } node)
        {
            return null;
        }

        if (node is ScalarNode scalar && Parse(scalar.Text) is { } milles)
        {
            return milles;
        }

        fields.Report(name, Form.Text(node), "is not a weight", Allowed);
        return null;
    }

    /// <summary>Weights are compared with each other only: whole numbers stay what they were written as.</summary>
    public static ValueList<T> InUnits<T>(ValueList<T> items, Func<T, uint> weight, Func<T, uint, T> with) =>
        items.All(item => weight(item) % PerUnit == 0) ? items.Select(item => with(item, weight(item) / PerUnit)).ToValueList() : items;

    private static uint? Parse(string text)
    {
        var (digits, factor) = text.EndsWith('m') ? (text[..^1], 1m) : (text, (decimal)PerUnit);
        return decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            && value <= Largest && value * factor % 1 == 0 ? (uint)(value * factor) : null;
    }
}
