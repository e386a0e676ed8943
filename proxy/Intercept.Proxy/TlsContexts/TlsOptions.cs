using Intercept.Mesh.Tls;
using Intercept.Runtime.Tls;
using MeshVerdict = Intercept.Mesh.Tls.PeerVerdict;
using PeerVerdict = Intercept.Runtime.Tls.PeerVerdict;

namespace Intercept.Proxy.TlsContexts;

/// <summary>The snapshot's words for TLS in the runtime's: the two rooms do not know each other.</summary>
internal static class TlsOptions
{
    public static TlsProtocol ToProtocol(this TlsVersion version) => version == TlsVersion.Tls12 ? TlsProtocol.Tls12 : TlsProtocol.Tls13;

    public static PeerRule ToPeerRule(this PeerRules rules) =>
        (peer, own) => rules.Accepts(peer, own?.TrustDomain) switch
        {
            MeshVerdict.Accepted => PeerVerdict.Accepted,
            MeshVerdict.OtherTrustDomain => PeerVerdict.TrustDomainRefused,
            _ => PeerVerdict.SanRefused,
        };
}
