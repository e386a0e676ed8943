namespace Intercept.Mesh.Tls;

/// <summary>envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext.</summary>
/// <param name="Certificate">Null presents none.</param>
/// <param name="ServerName">SNI; null sends none.</param>
public sealed record UpstreamTls(CertificateSource? Certificate, TlsParameters Parameters, PeerRules Peer, string? ServerName)
{
    /// <summary>Whether sessions are kept and resumed: max_session_keys 0 turns it off. How many are kept is our own limit.</summary>
    public bool ResumesSessions { get; init; } = true;
}
