namespace Intercept.Xds.Reading;

/// <param name="Entries">In the order of the text, duplicates included.</param>
internal sealed record MappingNode(int Line, IReadOnlyList<MappingEntry> Entries) : ConfigNode(Line);
