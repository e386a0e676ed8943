namespace Intercept.Mesh.Tls;

/// <summary>Where the certificate that we present comes from.</summary>
public abstract record CertificateSource;
