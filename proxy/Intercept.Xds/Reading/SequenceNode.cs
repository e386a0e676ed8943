namespace Intercept.Xds.Reading;

internal sealed record SequenceNode(int Line, IReadOnlyList<ConfigNode> Items) : ConfigNode(Line);
