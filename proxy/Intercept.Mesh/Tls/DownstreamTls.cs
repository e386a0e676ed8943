namespace Intercept.Mesh.Tls;

/// <summary>envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext.</summary>
/// <param name="Peer">Null asks for no client certificate.</param>
/// <param name="RequiresClientCertificate">With it, a client without one is refused.</param>
public sealed record DownstreamTls(CertificateSource Certificate, TlsParameters Parameters, PeerRules? Peer, bool RequiresClientCertificate)
{
    /// <summary>Whether clients may resume their sessions; disable_stateless_session_resumption turns it off.</summary>
    public bool ResumesSessions { get; init; } = true;
}
