using System.Collections.Immutable;
using System.Text.Json;

namespace Intercept.Node.Pods;

/// <summary>Texts out of objects whose form the API server has made sure of.</summary>
internal static class JsonTexts
{
    public static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public static ImmutableDictionary<string, string> Of(JsonElement element, string name) =>
        element.TryGetProperty(name, out var values) && values.ValueKind == JsonValueKind.Object
            ? values.EnumerateObject().ToImmutableDictionary(entry => entry.Name, entry => entry.Value.GetString() ?? "")
            : ImmutableDictionary<string, string>.Empty;

    public static IEnumerable<string> Names(JsonElement element, string name) =>
        element.TryGetProperty(name, out var values) && values.ValueKind == JsonValueKind.Array
            ? values.EnumerateArray().Select(value => Text(value, "name")).OfType<string>()
            : [];
}
