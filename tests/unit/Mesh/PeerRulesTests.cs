using System.Collections.Immutable;
using Intercept.Mesh;
using Intercept.Mesh.Tls;
using static Intercept.Tests.Unit.Mesh.Facts;

namespace Intercept.Tests.Unit.Mesh;

public sealed class PeerRulesTests
{
    private const string Own = "cluster.local";

    [Fact]
    public void Without_matchers_only_the_own_trust_domain_is_taken()
    {
        var rules = Rules();

        Assert.Equal(PeerVerdict.Accepted, rules.Accepts(Id("spiffe://cluster.local/anything"), Own));
        Assert.Equal(PeerVerdict.OtherTrustDomain, rules.Accepts(Id("spiffe://cluster.local.evil/anything"), Own));
        Assert.Equal(PeerVerdict.OtherTrustDomain, rules.Accepts(Id("spiffe://cluster.loca/anything"), Own));
    }

    [Fact]
    public void Who_presents_no_certificate_has_no_trust_domain_of_its_own() =>
        Assert.Equal(PeerVerdict.OtherTrustDomain, Rules().Accepts(Id(Client), ownTrustDomain: null));

    [Theory]
    [InlineData(StringMatchKind.Exact, "spiffe://prod/ns/a/sa/b", "prod")]
    [InlineData(StringMatchKind.Exact, "spiffe://prod", "prod")]
    [InlineData(StringMatchKind.Prefix, "spiffe://prod/", "prod")]
    [InlineData(StringMatchKind.Prefix, "spiffe://prod/ns/a/", "prod")]
    [InlineData(StringMatchKind.Prefix, "spiffe://prod", null)]
    [InlineData(StringMatchKind.Prefix, "spiffe://", null)]
    [InlineData(StringMatchKind.Prefix, "spiffe:///ns/a", null)]
    [InlineData(StringMatchKind.Prefix, "spiff", null)]
    [InlineData(StringMatchKind.Suffix, "spiffe://prod/ns/a", null)]
    [InlineData(StringMatchKind.Contains, "spiffe://prod/", null)]
    [InlineData(StringMatchKind.Regex, "spiffe://prod/.*", null)]
    public void A_matcher_names_a_trust_domain_only_when_all_that_it_takes_is_in_it(StringMatchKind kind, string text, string? named) =>
        Assert.Equal(named, PeerRules.NamedTrustDomain(Match(kind, text)));

    [Fact]
    public void A_matcher_that_ignores_case_names_no_trust_domain() =>
        Assert.Null(PeerRules.NamedTrustDomain(Match(StringMatchKind.Exact, "spiffe://prod/ns/a", ignoresCase: true)));

    [Fact]
    public void A_spelled_out_trust_domain_is_taken_as_far_as_its_matcher_reaches()
    {
        var rules = Rules(Match(StringMatchKind.Prefix, "spiffe://partner/ns/public/"));

        Assert.Equal(PeerVerdict.Accepted, rules.Accepts(Id("spiffe://partner/ns/public/sa/web"), Own));
        Assert.Equal(PeerVerdict.IdentityNotAllowed, rules.Accepts(Id("spiffe://partner/ns/private/sa/web"), Own));
        Assert.Equal(PeerVerdict.OtherTrustDomain, rules.Accepts(Id("spiffe://partner2/ns/public/sa/web"), Own));
        Assert.Equal(PeerVerdict.IdentityNotAllowed, rules.Accepts(Id(Client), Own));
    }

    [Fact]
    public void A_prefix_without_its_slash_does_not_let_in_a_longer_trust_domain()
    {
        var rules = Rules(Match(StringMatchKind.Prefix, "spiffe://prod"));

        Assert.Equal(PeerVerdict.OtherTrustDomain, rules.Accepts(Id("spiffe://production/ns/a/sa/b"), Own));
        Assert.Equal(PeerVerdict.OtherTrustDomain, rules.Accepts(Id("spiffe://prod/ns/a/sa/b"), Own));
        Assert.Equal(PeerVerdict.Accepted, rules.Accepts(Id("spiffe://prod/ns/a/sa/b"), "prod"));
    }

    [Fact]
    public void A_matcher_that_leaves_the_trust_domain_open_speaks_of_the_own_one()
    {
        // The second matcher allows the partner's trust domain, and must not lend it to the first.
        var rules = Rules(Match(StringMatchKind.Suffix, "/sa/web"), Match(StringMatchKind.Exact, "spiffe://partner/ns/a/sa/gateway"));

        Assert.Equal(PeerVerdict.Accepted, rules.Accepts(Id("spiffe://cluster.local/ns/a/sa/web"), Own));
        Assert.Equal(PeerVerdict.Accepted, rules.Accepts(Id("spiffe://partner/ns/a/sa/gateway"), Own));
        Assert.Equal(PeerVerdict.IdentityNotAllowed, rules.Accepts(Id("spiffe://partner/ns/a/sa/web"), Own));
    }

    [Fact]
    public void Any_one_of_the_matchers_is_enough()
    {
        var rules = Rules(Match(StringMatchKind.Exact, "spiffe://cluster.local/a"), Match(StringMatchKind.Exact, "spiffe://cluster.local/b"));

        Assert.Equal(PeerVerdict.Accepted, rules.Accepts(Id("spiffe://cluster.local/b"), Own));
        Assert.Equal(PeerVerdict.IdentityNotAllowed, rules.Accepts(Id("spiffe://cluster.local/c"), Own));
    }

    private static PeerRules Rules(params ImmutableArray<StringMatch> matchers) => new()
    {
        Trust = new TrustFile("/bundle.pem"),
        TrustDomains = [.. matchers.Select(PeerRules.NamedTrustDomain).OfType<string>()],
        UriMatchers = matchers,
    };
}
