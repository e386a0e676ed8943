using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Intercept.Core.Identity;
using Intercept.Linux.OpenSsl;

namespace Intercept.Runtime.Tls;

/// <summary>
/// What a peer's chain must end at. With bundles by trust domain a peer is verified with that of its own only, so that no
/// trust domain can issue identities of another (SPIFFE Trust Domain and Bundle 4.6).
/// </summary>
/// <param name="byDomain">Null when there is one bundle, the context's own, for all that the rules allow.</param>
/// <param name="ofUnnamed">For trust domains without a bundle: only where it is unknown which trust domain is our own.</param>
internal sealed class PeerTrust(FrozenDictionary<string, TrustAnchors>? byDomain, TrustAnchors? ofUnnamed)
{
    public static PeerTrust OneBundle { get; } = new(null, null);

    public bool IsByDomain => byDomain is not null;

    public bool TryFind(SpiffeId peer, [NotNullWhen(true)] out TrustAnchors? anchors)
    {
        anchors = byDomain!.GetValueOrDefault(peer.TrustDomain) ?? ofUnnamed;
        return anchors is not null;
    }
}
