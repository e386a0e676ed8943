using System.Collections.Immutable;

namespace Intercept.Mesh.Tls;

/// <summary>
/// Whom to accept as a peer, on top of the chain: a peer must have exactly one URI SAN, a well-formed SPIFFE ID in an
/// allowed trust domain, that one of the matchers takes (where there are any).
/// </summary>
public sealed record PeerRules
{
    /// <summary>PEM file with the trust bundle, read again when it changes.</summary>
    public required string TrustBundlePath { get; init; }

    /// <summary>Empty allows any trust domain that the bundle vouches for.</summary>
    public required ImmutableArray<string> TrustDomains { get; init; }

    /// <summary>match_typed_subject_alt_names of type URI. Empty accepts every identity of the trust domains.</summary>
    public required ImmutableArray<StringMatch> UriMatchers { get; init; }
}
