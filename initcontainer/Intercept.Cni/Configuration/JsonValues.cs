using System.Collections.Immutable;
using System.Text.Json;
using Intercept.Core.Problems;

namespace Intercept.Cni.Configuration;

/// <summary>Reads the members of one object, and collects a problem for each that is not of its kind.</summary>
/// <param name="path">Of the object in the configuration; empty is the configuration itself.</param>
internal sealed class JsonValues(JsonElement element, string path, List<Problem> problems)
{
    public string? Text(string name)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.String ? value.GetString() : Refuse<string>(name, value, "a string");
    }

    public bool Switch(string name) => Find(name) switch
    {
        null or { ValueKind: JsonValueKind.False } => false,
        { ValueKind: JsonValueKind.True } => true,
        { } value => Refuse<object>(name, value, "true or false") is not null,
    };

    /// <returns>Null where it is not given.</returns>
    public ImmutableArray<string>? Texts(string name)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(entry => entry.ValueKind == JsonValueKind.String))
        {
            return [.. value.EnumerateArray().Select(entry => entry.GetString()!)];
        }

        Refuse<object>(name, value, "a list of strings");
        return null;
    }

    public double? Number(string name, double least, double most)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= least && number <= most)
        {
            return number;
        }

        Refuse<object>(name, value, $"a number from {least} to {most}");
        return null;
    }

    public JsonElement? Find(string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public void Add(string name, string? value, string why, string? allowed) =>
        problems.Add(new Problem(NetworkConfiguration.Source, 0, path.Length == 0 ? name : $"{path}.{name}", value, why, allowed));

    private T? Refuse<T>(string name, JsonElement value, string allowed)
        where T : class
    {
        var text = value.GetRawText();
        Add(name, text.Length > 60 ? $"{text[..60]}..." : text, "is not of this kind", allowed);
        return null;
    }
}
