using System.Collections.Immutable;
using Intercept.Core.Identity;

namespace Intercept.Mesh.Tls;

/// <summary>
/// Whom to accept as a peer, on top of the chain: a peer must have exactly one URI SAN, a well-formed SPIFFE ID in an
/// allowed trust domain, that one of the matchers takes (where there are any).
/// <para>
/// Trust domains are not configured apart: a matcher that spells one out (exact, or a prefix of at least
/// "spiffe://TRUST-DOMAIN/") allows identities of that trust domain; every other matcher, and the absence of matchers,
/// speaks about the trust domain of the proxy's own certificate only. A bundle that vouches for more than one trust
/// domain therefore widens nothing by itself.
/// </para>
/// </summary>
public sealed record PeerRules
{
    /// <summary>What chains are verified against.</summary>
    public required TrustSource Trust { get; init; }

    /// <summary>The trust domains that the matchers spell out. Empty leaves the proxy's own alone.</summary>
    public required ImmutableArray<string> TrustDomains { get; init; }

    /// <summary>match_typed_subject_alt_names of type URI. Empty accepts every identity of the allowed trust domains.</summary>
    public required ImmutableArray<StringMatch> UriMatchers { get; init; }

    /// <param name="peer">The one URI SAN of a peer whose chain has been verified.</param>
    /// <param name="ownTrustDomain">Of the certificate that this proxy presents; null when it presents none.</param>
    public PeerVerdict Accepts(SpiffeId peer, string? ownTrustDomain)
    {
        var isOwn = peer.TrustDomain == ownTrustDomain;
        if (!isOwn && !TrustDomains.Contains(peer.TrustDomain))
        {
            return PeerVerdict.OtherTrustDomain;
        }

        if (UriMatchers.IsEmpty)
        {
            return PeerVerdict.Accepted;
        }

        foreach (var matcher in UriMatchers)
        {
            if (matcher.Matches(peer.Text) && (isOwn || NamedTrustDomain(matcher) is not null))
            {
                return PeerVerdict.Accepted;
            }
        }

        return PeerVerdict.IdentityNotAllowed;
    }

    /// <summary>The trust domain that every value of a matcher has; null when the matcher leaves it open.</summary>
    public static string? NamedTrustDomain(StringMatch matcher)
    {
        if (matcher.IgnoresCase
            || matcher.Kind is not (StringMatchKind.Exact or StringMatchKind.Prefix)
            || !matcher.Text.StartsWith(SpiffeId.Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        var rest = matcher.Text.AsSpan(SpiffeId.Prefix.Length);
        var slash = rest.IndexOf('/');
        if (slash < 0)
        {
            // "spiffe://prod" as a prefix also begins "spiffe://production/...".
            return matcher.Kind == StringMatchKind.Exact && !rest.IsEmpty ? rest.ToString() : null;
        }

        return slash == 0 ? null : rest[..slash].ToString();
    }

    public bool Equals(PeerRules? other) =>
        other is not null && Trust == other.Trust && TrustDomains.SameAs(other.TrustDomains)
        && UriMatchers.SameAs(other.UriMatchers);

    public override int GetHashCode() => HashCode.Combine(Trust, UriMatchers.Length);
}
