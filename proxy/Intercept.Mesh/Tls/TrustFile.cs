namespace Intercept.Mesh.Tls;

/// <summary>One trust bundle as a PEM file, for every trust domain that the peer rules allow. Read again when it changes.</summary>
public sealed record TrustFile(string Path) : TrustSource;
