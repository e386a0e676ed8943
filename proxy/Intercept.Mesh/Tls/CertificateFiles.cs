namespace Intercept.Mesh.Tls;

/// <summary>A certificate chain and its key as PEM files, read again when they change.</summary>
public sealed record CertificateFiles(string ChainPath, string KeyPath) : CertificateSource;
