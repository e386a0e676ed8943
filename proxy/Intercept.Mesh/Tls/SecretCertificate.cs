namespace Intercept.Mesh.Tls;

/// <summary>A certificate and its key by the name of their secret (SDS), taken anew when it changes.</summary>
public sealed record SecretCertificate(string Name) : CertificateSource;
