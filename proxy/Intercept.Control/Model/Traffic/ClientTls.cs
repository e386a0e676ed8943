namespace Intercept.Control.Model.Traffic;

/// <summary>How clients connect to a destination. Paths are in the proxy's own file system.</summary>
internal sealed record ClientTls
{
    public required ClientTlsMode Mode { get; init; }

    public string? ClientCertificate { get; init; }

    public string? PrivateKey { get; init; }

    public string? CaCertificates { get; init; }

    /// <summary>A Secret, or file://... or the name of an SDS secret.</summary>
    public string? CredentialName { get; init; }

    /// <summary>Exact names, of which the server's certificate must carry one.</summary>
    public ValueList<string> SubjectAltNames { get; init; }

    public string? Sni { get; init; }
}
