using Intercept.Mesh.Tls;
using Intercept.Runtime.Tls;

namespace Intercept.Proxy.TlsContexts;

/// <summary>The TLS of a cluster, or of those of its endpoints that understand it.</summary>
internal sealed class ClientTls(UpstreamTls configuration, ClientTlsSource source)
{
    public UpstreamTls Configuration => configuration;

    public ClientTlsSource Source => source;

    public PeerRule Rule { get; } = configuration.Peer.ToPeerRule();
}
