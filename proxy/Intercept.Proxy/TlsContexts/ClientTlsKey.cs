using Intercept.Mesh.Tls;

namespace Intercept.Proxy.TlsContexts;

/// <summary>What of an upstream's TLS is in the context, and not brought along by each connection.</summary>
internal sealed record ClientTlsKey(CertificateSource? Certificate, TrustSource Trust, TlsParameters Parameters, bool ResumesSessions)
{
    public static ClientTlsKey Of(UpstreamTls configuration) =>
        new(configuration.Certificate, configuration.Peer.Trust, configuration.Parameters, configuration.ResumesSessions);
}
