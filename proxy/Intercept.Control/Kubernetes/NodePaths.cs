using Intercept.Xds.Reading;

namespace Intercept.Control.Kubernetes;

/// <summary>Single values out of what the API gives, which its own schema has made sure of.</summary>
internal static class NodePaths
{
    public static ConfigNode? At(this MappingNode node, params ReadOnlySpan<string> path)
    {
        ConfigNode? found = node;
        foreach (var name in path)
        {
            found = null;
            foreach (var entry in node.Entries)
            {
                if (entry.Key == name)
                {
                    found = entry.Value;
                }
            }

            if (found is not MappingNode next)
            {
                return name == path[^1] ? found : null;
            }

            node = next;
        }

        return found;
    }

    public static string? TextAt(this MappingNode node, params ReadOnlySpan<string> path) =>
        node.At(path) is ScalarNode { IsNull: false } scalar ? scalar.Text : null;
}
