namespace Intercept.Xds.Reading;

/// <summary>
/// Lays one document over another as protobuf's MergeFrom does, which is what Envoy does with --config-yaml: a value
/// replaces, messages merge, lists are joined.
/// </summary>
internal static class DocumentMerge
{
    private const string TypeKey = "@type";

    public static ConfigNode Merge(ConfigNode below, ConfigNode above) => (below, above) switch
    {
        // An Any holds its message as bytes: a new one takes its place whole.
        (MappingNode, MappingNode upper) when upper.Entries.Any(entry => entry.Key == TypeKey) => above,
        (MappingNode lower, MappingNode upper) => Merge(lower, upper),
        (SequenceNode lower, SequenceNode upper) => lower with { Items = [.. lower.Items, .. upper.Items] },
        _ => above,
    };

    /// <summary>The document with its lines counted on from another, so that one number tells which of the two is meant.</summary>
    public static ConfigNode Shift(ConfigNode node, int lines) => node switch
    {
        MappingNode mapping => new MappingNode(
            mapping.Line + lines, [.. mapping.Entries.Select(entry => new MappingEntry(entry.Key, entry.Line + lines, Shift(entry.Value, lines)))]),
        SequenceNode sequence => new SequenceNode(sequence.Line + lines, [.. sequence.Items.Select(item => Shift(item, lines))]),
        _ => node with { Line = node.Line + lines },
    };

    private static MappingNode Merge(MappingNode lower, MappingNode upper)
    {
        var entries = lower.Entries.ToList();
        var taken = new HashSet<string>();
        foreach (var entry in upper.Entries)
        {
            // socketAddress and socket_address are one field; a name that is twice in one document stays there to be reported.
            var name = Form.SnakeCase(entry.Key);
            var place = taken.Add(name) ? entries.FindIndex(other => Form.SnakeCase(other.Key) == name) : -1;
            if (place < 0)
            {
                entries.Add(entry);
            }
            else
            {
                var value = Merge(entries[place].Value, entry.Value);
                entries[place] = new MappingEntry(entries[place].Key, ReferenceEquals(value, entry.Value) ? entry.Line : entries[place].Line, value);
            }
        }

        return lower with { Entries = entries };
    }
}
