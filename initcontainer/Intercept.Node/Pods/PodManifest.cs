using System.Collections.Immutable;
using Intercept.Capture.Pods;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Intercept.Node.Pods;

/// <summary>What the decision needs of a manifest's Pods; everything else in it is somebody else's.</summary>
internal static class PodManifest
{
    /// <exception cref="FormatException">It is no YAML, with the line as a clause.</exception>
    public static IReadOnlyList<PodMetadata> Read(string text)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException failure)
        {
            throw new FormatException($"is not YAML (line {failure.Start.Line}): {failure.Message}", failure);
        }

        return [.. stream.Documents.Select(document => document.RootNode).OfType<YamlMappingNode>()
            .Where(document => Text(document, "kind") == "Pod" && Text(Map(document, "spec"), "hostNetwork") != "true")
            .Select(ToPod).OfType<PodMetadata>()];
    }

    private static PodMetadata? ToPod(YamlMappingNode document)
    {
        var metadata = Map(document, "metadata");
        var spec = Map(document, "spec");
        return Text(metadata, "name") is { Length: > 0 } name
            ? new PodMetadata(new PodIdentity(Text(metadata, "namespace") ?? "", name, Text(metadata, "uid") ?? ""))
            {
                Labels = Texts(metadata, "labels"),
                Annotations = Texts(metadata, "annotations"),
                Containers = [.. Names(spec, "initContainers"), .. Names(spec, "containers")],
            }
            : null;
    }

    private static YamlNode? Child(YamlMappingNode? node, string name) =>
        node is not null && node.Children.TryGetValue(new YamlScalarNode(name), out var child) ? child : null;

    private static YamlMappingNode? Map(YamlMappingNode? node, string name) => Child(node, name) as YamlMappingNode;

    private static string? Text(YamlMappingNode? node, string name) => (Child(node, name) as YamlScalarNode)?.Value;

    private static ImmutableDictionary<string, string> Texts(YamlMappingNode? node, string name) =>
        (Map(node, name)?.Children ?? Enumerable.Empty<KeyValuePair<YamlNode, YamlNode>>())
            .Select(entry => (Key: (entry.Key as YamlScalarNode)?.Value, Value: (entry.Value as YamlScalarNode)?.Value))
            .Where(entry => entry.Key is not null)
            .ToImmutableDictionary(entry => entry.Key!, entry => entry.Value ?? "");

    private static IEnumerable<string> Names(YamlMappingNode? node, string name) =>
        (Child(node, name) as YamlSequenceNode)?.Children.OfType<YamlMappingNode>().Select(container => Text(container, "name")).OfType<string>() ?? [];
}
