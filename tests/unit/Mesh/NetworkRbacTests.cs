using System.Collections.Immutable;
using Intercept.Core.Addressing;
using Intercept.Mesh;
using Intercept.Mesh.Policy;
using static Intercept.Tests.Unit.Mesh.Facts;

namespace Intercept.Tests.Unit.Mesh;

public sealed class NetworkRbacTests
{
    [Fact]
    public void Allow_without_policies_denies_everyone() =>
        Assert.Equal(new RbacDecision(false, null), Filter(RbacAction.Allow).Evaluate(Of()));

    [Fact]
    public void Deny_without_policies_lets_everyone_through() =>
        Assert.Equal(new RbacDecision(true, null), Filter(RbacAction.Deny).Evaluate(Of(peer: null)));

    [Fact]
    public void Allow_lets_in_whom_a_policy_names_and_reports_which_did()
    {
        var filter = Filter(RbacAction.Allow, Policy("postgresql", Port(5432), Exact(Client)), Policy("redis", Port(6379), AnyRule.Instance));

        Assert.Equal(new RbacDecision(true, "postgresql"), filter.Evaluate(Of()));
        Assert.Equal(new RbacDecision(true, "redis"), filter.Evaluate(Of(peer: null, destination: "10.88.0.11:6379")));
        Assert.Equal(new RbacDecision(false, null), filter.Evaluate(Of("spiffe://cluster.local/ns/shop/sa/other")));
    }

    [Fact]
    public void Deny_names_the_policy_that_turned_a_connection_away()
    {
        var filter = Filter(RbacAction.Deny, Policy("quarantine", AnyRule.Instance, Exact(Client)));

        Assert.Equal(new RbacDecision(false, "quarantine"), filter.Evaluate(Of()));
        Assert.Equal(new RbacDecision(true, null), filter.Evaluate(Of("spiffe://cluster.local/ns/shop/sa/other")));
    }

    [Fact]
    public void Log_lets_everyone_through_and_still_names_the_policy()
    {
        var filter = Filter(RbacAction.Log, Policy("watched", AnyRule.Instance, Exact(Client)));

        Assert.Equal(new RbacDecision(true, "watched"), filter.Evaluate(Of()));
        Assert.Equal(new RbacDecision(true, null), filter.Evaluate(Of(peer: null)));
    }

    [Fact]
    public void The_first_policy_that_matches_is_the_one_reported()
    {
        var filter = Filter(RbacAction.Allow, Policy("a", AnyRule.Instance, AnyRule.Instance), Policy("b", AnyRule.Instance, Exact(Client)));

        Assert.Equal("a", filter.Evaluate(Of()).PolicyName);
    }

    [Fact]
    public void A_policy_needs_one_permission_and_one_principal()
    {
        var policy = Policy("p", [Port(80), Port(443)], [Exact("spiffe://cluster.local/ns/shop/sa/other"), Exact(Client)]);

        Assert.True(policy.Matches(Of(destination: "10.88.0.11:443")));
        Assert.False(policy.Matches(Of(destination: "10.88.0.11:8080")));
        Assert.False(policy.Matches(Of("spiffe://cluster.local/ns/shop/sa/third", destination: "10.88.0.11:443")));
        Assert.False(Policy("p", [], [AnyRule.Instance]).Matches(Of()));
        Assert.False(Policy("p", [AnyRule.Instance], []).Matches(Of()));
    }

    [Fact]
    public void And_or_and_not_nest()
    {
        // From the pod network, to 80 or 443, but not as the client.
        var rule = new AndRule(
        [
            new SourceAddressRule(Cidr.Parse("10.88.0.0/16")),
            new OrRule([Port(80), Port(443)]),
            new NotRule(Exact(Client)),
        ]);
        const string Other = "spiffe://cluster.local/ns/shop/sa/other";

        Assert.True(rule.Matches(Of(Other, destination: "10.88.0.11:80")));
        Assert.True(rule.Matches(Of(Other, destination: "10.88.0.11:443")));
        Assert.False(rule.Matches(Of(Other, destination: "10.88.0.11:81")));
        Assert.False(rule.Matches(Of(Other, source: "10.89.0.10:1", destination: "10.88.0.11:80")));
        Assert.False(rule.Matches(Of(Client, destination: "10.88.0.11:80")));
    }

    [Theory]
    [InlineData(StringMatchKind.Exact, Client, true)]
    [InlineData(StringMatchKind.Exact, "spiffe://cluster.local/ns/shop/sa/clien", false)]
    [InlineData(StringMatchKind.Exact, "SPIFFE://cluster.local/ns/shop/sa/client", false)]
    [InlineData(StringMatchKind.Prefix, "spiffe://cluster.local/ns/shop/", true)]
    [InlineData(StringMatchKind.Prefix, "cluster.local/ns/shop/", false)]
    [InlineData(StringMatchKind.Suffix, "/sa/client", true)]
    [InlineData(StringMatchKind.Suffix, "/sa/clien", false)]
    [InlineData(StringMatchKind.Contains, "/ns/shop/", true)]
    [InlineData(StringMatchKind.Contains, "/ns/sho/", false)]
    [InlineData(StringMatchKind.Regex, ".*/sa/(client|server)", true)]
    [InlineData(StringMatchKind.Regex, "/sa/(client|server)", false)]
    [InlineData(StringMatchKind.Regex, ".*/sa/(clien|server)", false)]
    public void A_principal_is_matched_as_its_matcher_says(StringMatchKind kind, string text, bool matches) =>
        Assert.Equal(matches, new AuthenticatedRule(Match(kind, text)).Matches(Of()));

    [Theory]
    [InlineData(StringMatchKind.Exact, "SPIFFE://CLUSTER.LOCAL/NS/SHOP/SA/CLIENT")]
    [InlineData(StringMatchKind.Prefix, "Spiffe://Cluster.Local/")]
    [InlineData(StringMatchKind.Suffix, "/SA/CLIENT")]
    [InlineData(StringMatchKind.Contains, "/NS/SHOP/")]
    [InlineData(StringMatchKind.Regex, ".*/NS/SHOP/.*")]
    public void Letter_case_is_ignored_only_where_asked(StringMatchKind kind, string text)
    {
        Assert.True(new AuthenticatedRule(Match(kind, text, ignoresCase: true)).Matches(Of()));
        Assert.False(new AuthenticatedRule(Match(kind, text)).Matches(Of()));
    }

    [Fact]
    public void A_peer_without_an_identity_is_nobody_to_every_matcher()
    {
        var stranger = Of(peer: null);

        Assert.False(new AuthenticatedRule(null).Matches(stranger));
        Assert.False(new AuthenticatedRule(Match(StringMatchKind.Regex, ".*")).Matches(stranger));
        Assert.True(new NotRule(new AuthenticatedRule(null)).Matches(stranger));
        Assert.True(new AuthenticatedRule(null).Matches(Of()));
    }

    [Fact]
    public void Addresses_are_those_of_the_side_that_the_rule_names()
    {
        var (pods, v6) = (Cidr.Parse("10.88.0.10/31"), Cidr.Parse("fd88::/64"));

        Assert.True(new SourceAddressRule(pods).Matches(Of(source: "10.88.0.11:1", destination: "192.0.2.1:80")));
        Assert.False(new SourceAddressRule(pods).Matches(Of(source: "192.0.2.1:1", destination: "10.88.0.11:80")));
        Assert.True(new DestinationAddressRule(pods).Matches(Of(source: "192.0.2.1:1", destination: "10.88.0.11:80")));
        Assert.False(new DestinationAddressRule(pods).Matches(Of(source: "10.88.0.11:1", destination: "192.0.2.1:80")));
        Assert.True(new SourceAddressRule(v6).Matches(Of(source: "[fd88::1]:1")));
        Assert.False(new SourceAddressRule(Cidr.AllIPv4).Matches(Of(source: "[fd88::1]:1")));
        Assert.True(new SourceAddressRule(pods).Matches(Of() with { Source = new NetEndpoint(NetAddress.Parse("::ffff:10.88.0.10"), 1) }));
    }

    [Theory]
    [InlineData(7999, false)]
    [InlineData(8000, true)]
    [InlineData(8080, true)]
    [InlineData(8081, false)]
    public void A_range_of_ports_includes_both_ends_and_concerns_the_destination(int port, bool matches)
    {
        Assert.Equal(matches, new DestinationPortRule(8000, 8080).Matches(Of(destination: $"10.88.0.11:{port}")));
        Assert.False(new DestinationPortRule(8000, 8080).Matches(Of(source: $"10.88.0.10:{port}", destination: "10.88.0.11:1")));
    }

    [Fact]
    public void The_last_port_there_is_can_be_named() =>
        Assert.True(new DestinationPortRule(65535, 65535).Matches(Of(destination: "10.88.0.11:65535")));

    [Fact]
    public void A_connection_without_SNI_has_the_empty_server_name()
    {
        var (empty, named) = (new ServerNameRule(Match(StringMatchKind.Exact, "")), new ServerNameRule(Match(StringMatchKind.Suffix, ".shop.svc")));

        Assert.True(empty.Matches(Of()));
        Assert.False(empty.Matches(Of(serverName: "redis.shop.svc")));
        Assert.True(named.Matches(Of(serverName: "redis.shop.svc")));
        Assert.False(named.Matches(Of()));
    }

    [Fact]
    public void Deciding_allocates_nothing()
    {
        var filter = Filter(
            RbacAction.Allow,
            Policy("names", Port(5432), new OrRule([Exact("spiffe://cluster.local/ns/shop/sa/a"), new AuthenticatedRule(Match(StringMatchKind.Contains, "/x/"))])),
            Policy("places", Port(5432), new NotRule(new SourceAddressRule(Cidr.Parse("10.88.0.0/16")))));
        var facts = Of();
        Assert.False(filter.Evaluate(facts).Allowed);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            filter.Evaluate(facts);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static NetworkRbac Filter(RbacAction action, params ImmutableArray<RbacPolicy> policies) => new("test", action, policies);

    private static RbacPolicy Policy(string name, RbacRule permission, RbacRule principal) => new(name, [permission], [principal]);

    private static RbacPolicy Policy(string name, ImmutableArray<RbacRule> permissions, ImmutableArray<RbacRule> principals) =>
        new(name, permissions, principals);

    private static DestinationPortRule Port(ushort port) => new(port, port);

    private static AuthenticatedRule Exact(string id) => new(Match(StringMatchKind.Exact, id));
}
