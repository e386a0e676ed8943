using System.Text;
using System.Text.Json;

namespace Intercept.Node.Installation;

/// <summary>
/// Puts our plugin into a network's configuration, last, and takes it out again. Pure; every byte that is not ours stays, so that
/// taking out gives back what was there before.
/// </summary>
internal static class CniEdit
{
    public const string PluginType = "intercept-cni";

    // The first version in which a plugin gets what those before it did in the form that ours reads.
    private const string LeastVersion = "0.3.1";

    private static readonly string[] _older = ["", "0.1.0", "0.2.0", "0.3.0"];

    /// <summary>Whether a list speaks a version in which plugins can be chained.</summary>
    public static bool CanChain(CniText list) => !_older.Contains(list.Version);

    /// <returns>The same bytes where the entry is there already, alone and last.</returns>
    public static ReadOnlyMemory<byte> With(CniText list, ReadOnlyMemory<byte> entry)
    {
        var ours = list.Plugins.Where(IsOurs).ToList();
        if (ours is [var only] && IsOurs(list.Plugins[^1]) && Means(list.Bytes[only.Start..only.End], entry))
        {
            return list.Bytes;
        }

        // A list of ours alone: nothing to stand behind.
        if (ours.Count == list.Plugins.Length)
        {
            return Concat(list.Bytes[..ours[0].Start], entry, list.Bytes[ours[^1].End..]);
        }

        var rest = CniText.Read(Without(list), isList: true).Text!;
        var last = rest.Plugins[^1];
        return Concat(rest.Bytes[..last.End], ","u8.ToArray(), Lead(rest, last), entry, rest.Bytes[last.End..]);
    }

    /// <returns>The same bytes where there was none of ours.</returns>
    public static ReadOnlyMemory<byte> Without(CniText list)
    {
        var kept = list.Bytes;
        for (var index = list.Plugins.Length - 1; index >= 0; index--)
        {
            var plugin = list.Plugins[index];
            if (!IsOurs(plugin))
            {
                continue;
            }

            // With the comma: the one before, or of the first the one behind.
            var (from, to) = index > 0 ? (list.Plugins[index - 1].End, plugin.End)
                : list.Plugins.Length > 1 ? (plugin.Start, list.Plugins[1].Start) : (plugin.Start, plugin.End);
            kept = Concat(kept[..from], kept[to..]);
        }

        return kept;
    }

    /// <summary>A list around a lone plugin, which stands in it as it was.</summary>
    public static ReadOnlyMemory<byte> Wrap(CniText lone, ReadOnlyMemory<byte> entry)
    {
        var version = _older.Contains(lone.Version) ? LeastVersion : lone.Version;
        var name = lone.Name.Length > 0 ? lone.Name : "k8s-pod-network";
        var plugin = lone.Plugins[0];
        return Concat(
            Encoding.UTF8.GetBytes($$"""
                {
                  "name": {{Quoted(name)}},
                  "cniVersion": {{Quoted(version)}},
                  "plugins": [

                """),
            lone.Bytes[plugin.Start..plugin.End], ",\n"u8.ToArray(), entry, "\n  ]\n}\n"u8.ToArray());
    }

    /// <returns>Whether a list is what <see cref="Wrap"/> made of the lone plugin, so that this can be put back in its place.</returns>
    public static bool IsWrapped(CniText list, CniText lone)
    {
        var others = list.Plugins.Where(plugin => !IsOurs(plugin)).ToList();
        return others is [var only] && Means(list.Bytes[only.Start..only.End], lone.Bytes[lone.Plugins[0].Start..lone.Plugins[0].End]);
    }

    public static bool IsOurs(CniPluginText plugin) => plugin.Type == PluginType;

    private static bool Means(ReadOnlyMemory<byte> one, ReadOnlyMemory<byte> other)
    {
        using var first = JsonDocument.Parse(one);
        using var second = JsonDocument.Parse(other);
        return JsonElement.DeepEquals(first.RootElement, second.RootElement);
    }

    // The white space in front of a plugin, with which ours begins too.
    private static ReadOnlyMemory<byte> Lead(CniText list, CniPluginText plugin)
    {
        var start = list.Bytes.Span[..plugin.Start].LastIndexOfAnyExcept(" \t\r\n"u8) + 1;
        return list.Bytes[start..plugin.Start];
    }

    private static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text)}\"";

    private static byte[] Concat(params ReadOnlySpan<ReadOnlyMemory<byte>> parts)
    {
        using var joined = new MemoryStream();
        foreach (var part in parts)
        {
            joined.Write(part.Span);
        }

        return joined.ToArray();
    }
}
