using Google.Protobuf;
using Intercept.Control.Generation;
using Intercept.Xds.Discovery;

namespace Intercept.Tests.Unit.Control.Serving;

/// <summary>Resources from a line of text: "cds a=1 b=1 | eds a=1", a type, then name and version of each.</summary>
internal static class Worlds
{
    public static ProxyResources Parse(string text) => new(text
        .Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        .Select(part => part.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .ToDictionary(words => TypeOf(words[0]), words => Set(TypeOf(words[0]), words[1..])));

    public static ResourceType TypeOf(string word) => word switch
    {
        "cds" => ResourceType.Cluster,
        "eds" => ResourceType.Endpoint,
        "lds" => ResourceType.Listener,
        "rds" => ResourceType.Route,
        "sds" => ResourceType.Secret,
        _ => throw new ArgumentException($"'{word}' is no type"),
    };

    public static string WordOf(ResourceType type) => type switch
    {
        ResourceType.Cluster => "cds",
        ResourceType.Endpoint => "eds",
        ResourceType.Listener => "lds",
        ResourceType.Route => "rds",
        _ => "sds",
    };

    private static ResourceSet Set(ResourceType type, IEnumerable<string> words) => new([.. words.Select(word => word.Split('='))
        .Select(pair => new GeneratedResource(type, pair[0], pair[1], ByteString.CopyFromUtf8($"{pair[0]}={pair[1]}")))]);
}
