namespace Intercept.Runtime.Tls;

/// <summary>The content of a PEM file, with the name that problems are reported by.</summary>
public sealed record PemFile(string Path, ReadOnlyMemory<byte> Content);
