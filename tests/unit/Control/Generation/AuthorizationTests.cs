using Envoy.Extensions.Filters.Http.Rbac.V3;
using Intercept.Control.Model;
using Intercept.Control.Model.Security;
using Intercept.Control.Model.Services;
using Intercept.Core.Addressing;
using Intercept.Mesh.Policy;
using static Intercept.Tests.Unit.Control.Generation.Generated;
using static Intercept.Tests.Unit.Control.Generation.InboundSide;
using static Intercept.Tests.Unit.Control.Generation.MeshUnderTest;

namespace Intercept.Tests.Unit.Control.Generation;

/// <summary>AuthorizationPolicy as the proxy decides by it.</summary>
public sealed class AuthorizationTests
{
    private const string Client = "spiffe://cluster.local/ns/shop/sa/client";
    private const string Other = "spiffe://cluster.local/ns/other/sa/client";
    private const string Foreign = "spiffe://example.org/ns/shop/sa/client";

    private static MeshUnderTest Mesh => new MeshUnderTest().Service("web", "10.96.0.10", [(80, 8080, PortProtocol.Http), (5432, 5432, PortProtocol.Tcp)]);

    [Fact]
    public void Without_a_policy_everyone_is_let_in() => Assert.True(Allows(null));

    [Fact]
    public void A_policy_without_rules_lets_nobody_in() => Assert.False(Allows(Client, Policy()));

    [Fact]
    public void A_rule_without_conditions_lets_everyone_in() => Assert.True(Allows(null, Policy(new AuthorizationRule([], [], []))));

    [Fact]
    public void A_denial_without_rules_denies_nobody() =>
        Assert.True(Allows(Client, Policy() with { Action = AuthorizationAction.Deny }));

    [Theory]
    [InlineData("cluster.local/ns/shop/sa/client", Client, true)]
    [InlineData("cluster.local/ns/shop/sa/client", Other, false)]
    [InlineData("cluster.local/ns/shop/sa/client", null, false)]
    [InlineData("cluster.local/ns/shop/*", Client, true)]
    [InlineData("*/sa/client", Other, true)]
    [InlineData("*", Foreign, true)]
    [InlineData("*", null, false)]
    public void By_principal(string principal, string? peer, bool isAllowed) =>
        Assert.Equal(isAllowed, Allows(peer, From(new RuleSource { Principals = [principal] })));

    [Theory]
    [InlineData(Client, true)]
    [InlineData(Other, false)]
    public void By_namespace(string peer, bool isAllowed) =>
        Assert.Equal(isAllowed, Allows(peer, From(new RuleSource { Namespaces = ["shop"] })));

    [Theory]
    [InlineData(Client, true)]
    [InlineData(Other, false)]
    [InlineData("spiffe://cluster.local/ns/shop/sa/client-2", false)]
    public void By_service_account(string peer, bool isAllowed) =>
        Assert.Equal(isAllowed, Allows(peer, From(new RuleSource { ServiceAccounts = ["shop/client"] })));

    [Theory]
    [InlineData("cluster.local", Client, true)]
    [InlineData("cluster.local", Foreign, false)]
    [InlineData("example.*", Foreign, true)]
    [InlineData("*.org", Foreign, true)]
    [InlineData("*.org", Client, false)]
    public void By_trust_domain(string trustDomain, string peer, bool isAllowed) =>
        Assert.Equal(isAllowed, Allows(peer, From(new RuleSource { TrustDomains = [trustDomain] })));

    [Fact]
    public void The_local_trust_domain_is_meant_by_its_common_name()
    {
        var mesh = Mesh.With(model => model with { Options = new MeshOptions { TrustDomain = "prod.example" } })
            .Authorize(From(new RuleSource { Principals = ["cluster.local/ns/shop/sa/client"] }));
        var inbound = new InboundSide(For(mesh, "web-0"));

        Assert.True(inbound.Allows(Tls(5432, "istio"), "spiffe://prod.example/ns/shop/sa/client"));
        Assert.False(inbound.Allows(Tls(5432, "istio"), Client));
    }

    [Theory]
    [InlineData("10.9.9.9:1000", true)]
    [InlineData("10.8.0.1:1000", false)]
    [InlineData("10.9.9.10:1000", false)]
    public void By_address_and_not_by_another(string source, bool isAllowed)
    {
        var policy = From(new RuleSource { IpBlocks = [Cidr.Parse("10.9.0.0/16")], NotIpBlocks = [Cidr.Parse("10.9.9.10/32")] });

        Assert.Equal(isAllowed, new InboundSide(For(Mesh.Authorize(policy), "web-0")).Allows(Plaintext(5432, source), null));
    }

    [Theory]
    [InlineData(5432, true)]
    [InlineData(8080, false)]
    public void By_port(int port, bool isAllowed) =>
        Assert.Equal(isAllowed, new InboundSide(For(Mesh.Authorize(Policy(new AuthorizationRule([], [new RuleOperation { Ports = [5432] }], []))), "web-0")).Allows(Plaintext(port), null));

    [Theory]
    [InlineData("source.namespace", "shop", Client, true)]
    [InlineData("source.namespace", "shop", Other, false)]
    [InlineData("source.principal", "cluster.local/ns/shop/sa/client", Client, true)]
    [InlineData("source.ip", "10.9.0.0/16", Client, true)]
    [InlineData("source.ip", "10.8.0.0/16", Client, false)]
    [InlineData("remote.ip", "10.9.0.0/16", Client, true)]
    [InlineData("destination.port", "5432", Client, true)]
    [InlineData("destination.port", "80", Client, false)]
    [InlineData("destination.ip", "10.0.0.1", Client, true)]
    [InlineData("connection.sni", "name", Client, true)]
    [InlineData("connection.sni", "n*", Client, true)]
    [InlineData("connection.sni", "other", Client, false)]
    [InlineData("request.headers[x-user]", "a", Client, false)]
    [InlineData("request.auth.claims[iss]", "a", Client, false)]
    public void By_condition(string key, string value, string peer, bool isAllowed) =>
        Assert.Equal(isAllowed, Allows(peer, Policy(new AuthorizationRule([], [], [new RuleCondition(key, [value], [])]))));

    [Fact]
    public void A_condition_excludes() =>
        Assert.False(Allows(Client, Policy(new AuthorizationRule([], [], [new RuleCondition("source.namespace", [], ["shop"])]))));

    [Fact]
    public void Sources_and_operations_are_any_of_several_and_all_of_their_fields()
    {
        var policy = Policy(new AuthorizationRule(
            [
                new RuleSource { Namespaces = ["other"], Principals = ["*/sa/client"] },
                new RuleSource { Principals = ["cluster.local/ns/shop/sa/admin"] },
            ],
            [new RuleOperation { Ports = [5432] }, new RuleOperation { Ports = [6000] }],
            []));

        Assert.True(Allows(Other, policy));
        Assert.True(Allows("spiffe://cluster.local/ns/shop/sa/admin", policy));
        Assert.False(Allows(Client, policy));
        Assert.False(Allows("spiffe://cluster.local/ns/other/sa/server", policy));
    }

    [Fact]
    public void Denials_come_before_allowances()
    {
        var deny = From(new RuleSource { Namespaces = ["other"] }) with { Action = AuthorizationAction.Deny, Meta = Meta("shop", "deny") };
        var allow = Policy(new AuthorizationRule([], [], []));

        Assert.False(Allows(Other, allow, deny));
        Assert.True(Allows(Client, allow, deny));
        Assert.Equal(
            [RbacAction.Deny, RbacAction.Allow],
            new InboundSide(For(Mesh.Authorize(allow, deny), "web-0")).Rules(Plaintext(5432)).Select(rules => rules.Action));
    }

    [Fact]
    public void What_asks_for_requests_allows_no_connection_and_denies_more_of_them()
    {
        var rule = new AuthorizationRule([new RuleSource { Namespaces = ["shop"] }], [new RuleOperation { Methods = ["GET"] }], []);

        Assert.False(Allows(Client, Policy(rule)));
        Assert.False(Allows(Client, Policy(rule) with { Action = AuthorizationAction.Deny }));
        Assert.True(Allows(Other, Policy(rule) with { Action = AuthorizationAction.Deny }));
    }

    [Fact]
    public void A_rule_with_a_method_does_not_spoil_the_others_of_its_policy()
    {
        var policy = Policy(
            new AuthorizationRule([], [new RuleOperation { Methods = ["GET"] }], []),
            new AuthorizationRule([new RuleSource { Namespaces = ["shop"] }], [], []));

        Assert.True(Allows(Client, policy));
        Assert.False(Allows(Other, policy));
        Assert.Equal(
            "ns[shop]-policy[web]-rule[1]",
            new InboundSide(For(Mesh.Authorize(policy), "web-0")).Rules(Plaintext(5432)).Single().Policies.Single().Name);
    }

    [Fact]
    public void An_audit_only_reports()
    {
        var audit = Policy(new AuthorizationRule([], [], [])) with { Action = AuthorizationAction.Audit };

        Assert.True(Allows(null, audit));
        Assert.Equal(RbacAction.Log, new InboundSide(For(Mesh.Authorize(audit), "web-0")).Rules(Plaintext(5432)).Single().Action);
    }

    [Fact]
    public void What_an_external_authorizer_would_decide_is_denied()
    {
        var custom = From(new RuleSource { Namespaces = ["other"] }) with { Action = AuthorizationAction.Custom, Provider = "opa" };

        Assert.False(Allows(Other, custom));
        Assert.True(Allows(Client, custom));
    }

    [Fact]
    public void Policies_hold_in_their_namespace_for_whom_they_select_and_those_of_the_root_namespace_everywhere()
    {
        Assert.True(Allows(Client, Policy() with { Meta = Meta("other", "none") }));
        Assert.True(Allows(Client, Policy() with { Selector = Selector("client") }));
        Assert.False(Allows(Client, Policy() with { Selector = Selector("web") }));
        Assert.False(Allows(Client, Policy() with { Meta = Meta("istio-system", "none") }));
    }

    [Fact]
    public void Where_requests_are_seen_their_attributes_are_asked_for()
    {
        var policy = Policy(new AuthorizationRule(
            [],
            [new RuleOperation { Methods = ["GET"], Paths = ["/api/*", "/items/{*}"], Hosts = ["web.example.com"], NotPaths = ["/api/admin"] }],
            [new RuleCondition("request.headers[x-user]", ["a*"], [])]));

        var chain = For(Mesh.Authorize(policy), "web-0", "tcp,http").Listener("virtualInbound").FilterChains.Single(chain => chain.Name == "0.0.0.0_8080-mtls");
        var rules = Open<RBAC>(Manager(chain).HttpFilters[0].TypedConfig).Rules.Policies["ns[shop]-policy[web]-rule[0]"];

        var all = rules.Permissions.Single().AndRules.Rules;
        Assert.Equal((":authority", "web.example.com", true), (all[0].Header.Name, all[0].Header.StringMatch.Exact, all[0].Header.StringMatch.IgnoreCase));
        Assert.Equal((":method", "GET"), (all[1].Header.Name, all[1].Header.StringMatch.Exact));
        Assert.Equal("/api/", all[2].OrRules.Rules[0].UrlPath.Path.Prefix);
        Assert.Equal("/items/*", Open<Envoy.Extensions.Path.Match.UriTemplate.V3.UriTemplateMatchConfig>(all[2].OrRules.Rules[1].UriTemplate.TypedConfig).PathTemplate);
        Assert.Equal("/api/admin", all[3].NotRule.UrlPath.Path.Exact);
        Assert.Equal(("x-user", "a"), (rules.Principals.Single().Header.Name, rules.Principals.Single().Header.StringMatch.Prefix));
    }

    private static bool Allows(string? peer, params AuthorizationPolicy[] policies) =>
        new InboundSide(For(Mesh.Authorize(policies), "web-0")).Allows(peer is null ? Plaintext(5432) : Tls(5432, "istio"), peer);

    private static AuthorizationPolicy From(RuleSource source) => Policy(new AuthorizationRule([source], [], []));

    private static AuthorizationPolicy Policy(params AuthorizationRule[] rules) =>
        new(Meta("shop", "web"), null, AuthorizationAction.Allow, rules.ToValueList(), null);
}
