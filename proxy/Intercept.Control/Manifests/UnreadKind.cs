namespace Intercept.Control.Manifests;

/// <summary>A kind of a known API that is not read.</summary>
internal sealed record UnreadKind(string Kind, string Group, string Why);
