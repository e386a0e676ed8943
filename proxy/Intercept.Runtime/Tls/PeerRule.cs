using Intercept.Core.Identity;

namespace Intercept.Runtime.Tls;

/// <summary>Whether a peer whose chain is good is wanted: Accepted, TrustDomainRefused or SanRefused. Called on any loop.</summary>
/// <param name="peer">Its one URI SAN.</param>
/// <param name="own">The identity that is presented to it; null when none is.</param>
public delegate PeerVerdict PeerRule(SpiffeId peer, SpiffeId? own);
