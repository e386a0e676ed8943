using Intercept.Core.Identity;
using Intercept.Mesh.Tls;
using Intercept.Runtime.Tls;
using MeshVerdict = Intercept.Mesh.Tls.PeerVerdict;
using PeerVerdict = Intercept.Runtime.Tls.PeerVerdict;

namespace Intercept.Proxy.TlsContexts;

/// <summary>The snapshot's words for TLS in the runtime's: the two rooms do not know each other.</summary>
internal static class TlsOptions
{
    public static TlsProtocol ToProtocol(this TlsVersion version) => version == TlsVersion.Tls12 ? TlsProtocol.Tls12 : TlsProtocol.Tls13;

    /// <param name="rules">Whom the configuration accepts.</param>
    /// <param name="own">The identity that is presented in this context, known once its certificate is read.</param>
    public static Func<SpiffeId, PeerVerdict> ToPeerRule(this PeerRules rules, Func<SpiffeId?> own) =>
        peer => rules.Accepts(peer, own()?.TrustDomain) switch
        {
            MeshVerdict.Accepted => PeerVerdict.Accepted,
            MeshVerdict.OtherTrustDomain => PeerVerdict.TrustDomainRefused,
            _ => PeerVerdict.SanRefused,
        };
}
