using Envoy.Config.Route.V3;
using Envoy.Extensions.Filters.Http.Fault.V3;
using Intercept.Control.Model;
using Intercept.Control.Model.Linkerd;
using Intercept.Control.Model.Services;
using Intercept.Control.Model.Traffic;
using static Intercept.Tests.Unit.Control.Generation.Generated;
using static Intercept.Tests.Unit.Control.Generation.MeshUnderTest;
using CorsPolicy = Intercept.Control.Model.Traffic.CorsPolicy;
using FaultAbort = Intercept.Control.Model.Traffic.FaultAbort;
using FaultDelay = Intercept.Control.Model.Traffic.FaultDelay;

namespace Intercept.Tests.Unit.Control.Generation;

/// <summary>RDS, for proxies that speak HTTP.</summary>
public sealed class RouteTests
{
    private static MeshUnderTest Mesh => new MeshUnderTest()
        .Service("web", "10.96.0.10", [(80, 8080, PortProtocol.Http), (7000, 7000, PortProtocol.Auto)])
        .Service("cart", "10.96.0.11", [(80, 8080, PortProtocol.Http2)], "other")
        .Service("db", "10.96.0.12", [(5432, 5432, PortProtocol.Tcp)]);

    [Fact]
    public void One_configuration_for_each_port_tells_services_apart_by_all_their_names()
    {
        var generated = ForHttp(Mesh);

        Assert.Equal(["80", "web.shop.svc.cluster.local:7000"], generated.RouteNames);
        var routes = generated.Route("80");
        Assert.True(routes.IgnorePortInHostMatching);
        Assert.False(routes.ValidateClusters);
        Assert.Equal(["cart.other.svc.cluster.local:80", "web.shop.svc.cluster.local:80", "allow_any"], routes.VirtualHosts.Select(host => host.Name));
        Assert.Equal(["web.shop.svc.cluster.local", "web", "web.shop", "web.shop.svc", "10.96.0.10"], routes.VirtualHosts[1].Domains);
        Assert.Equal(["cart.other.svc.cluster.local", "cart.other", "cart.other.svc", "10.96.0.11"], routes.VirtualHosts[0].Domains);
        Assert.Equal("PassthroughCluster", routes.VirtualHosts[2].Routes[0].Route_.Cluster);
        Assert.Equal(["*"], generated.Route("web.shop.svc.cluster.local:7000").VirtualHosts.Single().Domains);
    }

    [Fact]
    public void Listeners_name_the_routes_of_their_port_or_of_their_service()
    {
        var generated = ForHttp(Mesh);

        var shared = generated.Listener("0.0.0.0_80");
        Assert.Equal("rds 80", Target(shared.FilterChains[0]));
        Assert.Equal(["http/1.1", "h2c"], shared.FilterChains[0].FilterChainMatch.ApplicationProtocols);
        Assert.Equal("PassthroughCluster", Target(shared.DefaultFilterChain));
        var detecting = generated.Listener("10.96.0.10_7000");
        Assert.Equal("rds web.shop.svc.cluster.local:7000", Target(detecting.FilterChains[0]));
        Assert.Equal("outbound|7000||web.shop.svc.cluster.local", Target(detecting.DefaultFilterChain));
        Assert.DoesNotContain("10.96.0.10_80", generated.ListenerNames);
        Assert.Equal("outbound|5432||db.shop.svc.cluster.local", Target(generated.Listener("10.96.0.12_5432").FilterChains.Single()));
    }

    [Fact]
    public void Without_a_virtual_service_a_route_has_no_timeout_and_two_retries()
    {
        var route = Single(ForHttp(Mesh));

        Assert.Equal("default", route.Name);
        Assert.Equal("/", route.Match.Prefix);
        Assert.Equal("outbound|80||web.shop.svc.cluster.local", route.Route_.Cluster);
        Assert.Equal(TimeSpan.Zero, route.Route_.Timeout.ToTimeSpan());
        Assert.Equal(2u, route.Route_.RetryPolicy.NumRetries);
        Assert.Equal("connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes", route.Route_.RetryPolicy.RetryOn);
        Assert.Equal("envoy.retry_host_predicates.previous_hosts", route.Route_.RetryPolicy.RetryHostPredicate.Single().Name);
    }

    [Fact]
    public void Matches_are_routes_of_their_own_in_order_up_to_the_first_that_matches_everything()
    {
        var match = new HttpMatch
        {
            Name = "beta",
            Uri = new TextMatch(TextMatchKind.Prefix, "/v2"),
            Method = new TextMatch(TextMatchKind.Exact, "GET"),
            Headers = new ValueMap<TextMatch>([KeyValuePair.Create("x-user", new TextMatch(TextMatchKind.Regex, "a.*"))]),
            WithoutHeaders = new ValueMap<TextMatch>([KeyValuePair.Create("x-bot", new TextMatch(TextMatchKind.Present, ""))]),
            QueryParameters = new ValueMap<TextMatch>([KeyValuePair.Create("q", new TextMatch(TextMatchKind.Exact, "1"))]),
            IgnoreUriCase = true,
        };
        var routes = Routes(
            new HttpRoute
            {
                Name = "first",
                Matches = [match, new HttpMatch { Uri = new TextMatch(TextMatchKind.Exact, "/exact") }, new HttpMatch { Port = 8443 }],
                Destinations = [Share(Host("web"), 100)],
            },
            new HttpRoute { Destinations = [Share(Host("web"), 60), Share(Host("cart", "other"), 40)] },
            new HttpRoute { Destinations = [Share(Host("web"), 100)] });

        Assert.Equal(["first.beta", "first", ""], routes.Select(route => route.Name));
        Assert.Equal("/v2", routes[0].Match.Prefix);
        Assert.False(routes[0].Match.CaseSensitive);
        Assert.Equal([":method", "x-user", "x-bot"], routes[0].Match.Headers.Select(header => header.Name));
        Assert.Equal("a.*", routes[0].Match.Headers[1].StringMatch.SafeRegex.Regex);
        Assert.True(routes[0].Match.Headers[2].PresentMatch && routes[0].Match.Headers[2].InvertMatch);
        Assert.Equal("1", routes[0].Match.QueryParameters.Single().StringMatch.Exact);
        Assert.Equal("/exact", routes[1].Match.Path);
        Assert.Equal([60u, 40u], routes[2].Route_.WeightedClusters.Clusters.Select(cluster => cluster.Weight!.Value));
    }

    [Fact]
    public void A_route_redirects_answers_rewrites_and_changes_headers()
    {
        var routes = Routes(
            new HttpRoute
            {
                Matches = [Prefix("/old")],
                Redirect = new HttpRedirect("/new", "shop.example.com", null, "FROM_PROTOCOL_DEFAULT", "https", 308),
            },
            new HttpRoute { Matches = [Prefix("/teapot")], DirectResponse = new DirectResponse(418, Convert.ToBase64String("tea"u8)) },
            new HttpRoute
            {
                Matches = [Prefix("/api")],
                Rewrite = new HttpRewrite("/v1", "api.example.com", null, null),
                Headers = new HeaderRules(
                    new HeaderOperations(Map(("x-set", "1")), Map(("x-add", "2")), ["x-remove"]), HeaderOperations.None),
                Destinations = [Share(Host("web"), 100)],
            });

        var redirect = routes[0].Redirect;
        Assert.Equal(("shop.example.com", "/new", "https", 443u), (redirect.HostRedirect, redirect.PathRedirect, redirect.SchemeRedirect, redirect.PortRedirect));
        Assert.Equal(RedirectAction.Types.RedirectResponseCode.PermanentRedirect, redirect.ResponseCode);
        Assert.Equal((418u, "tea"), (routes[1].DirectResponse.Status, routes[1].DirectResponse.Body.InlineBytes.ToStringUtf8()));
        Assert.Equal(("/v1", "api.example.com"), (routes[2].Route_.PrefixRewrite, routes[2].Route_.HostRewriteLiteral));
        Assert.Equal(
            ["x-set OverwriteIfExistsOrAdd", "x-add AppendIfExistsOrAdd"],
            routes[2].RequestHeadersToAdd.Select(option => $"{option.Header.Key} {option.AppendAction}"));
        Assert.Equal(["x-remove"], routes[2].RequestHeadersToRemove);
    }

    [Fact]
    public void A_route_has_faults_cors_mirrors_timeouts_and_retries()
    {
        var route = Routes(new HttpRoute
        {
            Destinations = [Share(Host("web"), 100)],
            Timeout = TimeSpan.FromSeconds(3),
            Retry = new HttpRetry(4, TimeSpan.FromSeconds(1), ["gateway-error", "429"], null, TimeSpan.FromMilliseconds(50), RetryIgnorePreviousHosts: false),
            Fault = new HttpFault(new FaultDelay(TimeSpan.FromSeconds(2), 0.5), new FaultAbort(null, "UNAVAILABLE", 10)),
            Mirrors = [new HttpMirror(To(Host("cart", "other")), 12.5)],
            Cors = new CorsPolicy([new TextMatch(TextMatchKind.Exact, "https://a")], ["GET", "PUT"], [], [], TimeSpan.FromHours(1), true, false),
        }).Single();

        Assert.Equal(TimeSpan.FromSeconds(3), route.Route_.Timeout.ToTimeSpan());
        Assert.Equal(TimeSpan.FromSeconds(3), route.Route_.MaxStreamDuration.GrpcTimeoutHeaderMax.ToTimeSpan());
        var retry = route.Route_.RetryPolicy;
        Assert.Equal((4u, "gateway-error,retriable-status-codes"), (retry.NumRetries!.Value, retry.RetryOn));
        Assert.Equal([429u], retry.RetriableStatusCodes);
        Assert.Equal(TimeSpan.FromSeconds(1), retry.PerTryTimeout.ToTimeSpan());
        Assert.Equal(TimeSpan.FromMilliseconds(50), retry.RetryBackOff.BaseInterval.ToTimeSpan());
        Assert.Empty(retry.RetryHostPredicate);
        var fault = Open<HTTPFault>(route.TypedPerFilterConfig["envoy.filters.http.fault"]);
        Assert.Equal((5_000u, 14u, 100_000u), (fault.Delay.Percentage.Numerator, fault.Abort.GrpcStatus, fault.Abort.Percentage.Numerator));
        var mirror = route.Route_.RequestMirrorPolicies.Single();
        Assert.Equal(("outbound|80||cart.other.svc.cluster.local", 125_000u), (mirror.Cluster, mirror.RuntimeFraction.DefaultValue.Numerator));
        var cors = Open<Envoy.Extensions.Filters.Http.Cors.V3.CorsPolicy>(route.TypedPerFilterConfig["envoy.filters.http.cors"]);
        Assert.Equal(("GET,PUT", "3600", true), (cors.AllowMethods, cors.MaxAge, cors.AllowCredentials!.Value));
    }

    [Fact]
    public void Zero_attempts_turn_retries_off() =>
        Assert.Null(Routes(new HttpRoute { Destinations = [Share(Host("web"), 1)], Retry = new HttpRetry(0, null, [], null, null, true) }).Single().Route_.RetryPolicy);

    [Fact]
    public void Routes_of_a_profile_hold_before_those_of_a_virtual_service()
    {
        var profile = new ServiceProfile(
            Meta("shop", Host("web")),
            [
                new ProfileRoute(
                    "read",
                    new RequestMatch("/items/[^/]*", null, null, [new RequestMatch(null, "GET", null, null, null), new RequestMatch(null, "HEAD", null, null, null)], null),
                    [new ResponseClass(new ResponseMatch(new StatusRange(500, 502), null, null, null), IsFailure: true), new ResponseClass(new ResponseMatch(new StatusRange(503, 599), null, null, null), IsFailure: false)],
                    IsRetryable: true,
                    TimeSpan.FromMilliseconds(300)),
            ],
            new RetryBudget(0.25, 5, TimeSpan.FromSeconds(20)),
            [],
            []);
        var mesh = Mesh.Profile(profile).Route(VirtualService(new HttpRoute { Destinations = [Share(Host("cart", "other"), 1)] }));

        var generated = ForHttp(mesh);
        var routes = generated.Route("80").VirtualHosts.Single(host => host.Name.StartsWith("web", StringComparison.Ordinal)).Routes;

        Assert.Equal(["read", "read", "default"], routes.Select(route => route.Name));
        Assert.Equal(["GET", "HEAD"], routes.Take(2).Select(route => route.Match.Headers.Single().StringMatch.Exact));
        Assert.All(routes.Take(2), route => Assert.Equal("/items/[^/]*", route.Match.SafeRegex.Regex));
        Assert.Equal([500u, 501u, 502u], routes[0].Route_.RetryPolicy.RetriableStatusCodes);
        Assert.Equal(TimeSpan.FromMilliseconds(300), routes[0].Route_.Timeout.ToTimeSpan());
        Assert.Null(routes[2].Route_.RetryPolicy);
        Assert.Equal("outbound|80||web.shop.svc.cluster.local", routes[2].Route_.Cluster);
        var budget = generated.Cluster("outbound|80||web.shop.svc.cluster.local").CircuitBreakers.Thresholds.Single().RetryBudget;
        Assert.Equal((25.0, 5u, 20.0), (budget.BudgetPercent.Value, budget.MinRetryConcurrency!.Value, budget.BudgetInterval.ToTimeSpan().TotalSeconds));
    }

    [Fact]
    public void A_negated_condition_turns_and_into_or()
    {
        var condition = new RequestMatch(null, null, null, null, new RequestMatch("/a", "GET", null, null, null));
        var mesh = Mesh.Profile(new ServiceProfile(Meta("shop", Host("web")), [new ProfileRoute("r", condition, [], false, null)], null, [], []));

        var matches = ForHttp(mesh).Route("80").VirtualHosts.Single(host => host.Name.StartsWith("web", StringComparison.Ordinal)).Routes
            .Where(route => route.Name == "r").Select(route => route.Match.Headers.Single()).ToList();

        Assert.Equal([":path", ":method"], matches.Select(header => header.Name));
        Assert.All(matches, header => Assert.True(header.InvertMatch));
    }

    [Fact]
    public void With_a_registry_only_unknown_hosts_are_answered_with_502()
    {
        var mesh = Mesh.With(model => model with { Options = new MeshOptions { OutboundMode = OutboundMode.RegistryOnly } });

        var rest = ForHttp(mesh).Route("80").VirtualHosts[^1];

        Assert.Equal(("block_all", 502u), (rest.Name, rest.Routes.Single().DirectResponse.Status));
    }

    [Fact]
    public void A_proxy_of_connections_has_no_routes() => Assert.Empty(For(Mesh, "client-0").RouteNames);

    private static Generated ForHttp(MeshUnderTest mesh) => For(mesh, "client-0", "tcp,http");

    private static HttpMatch Prefix(string path) => new() { Uri = new TextMatch(TextMatchKind.Prefix, path) };

    private static ValueMap<string> Map(params (string Key, string Value)[] entries) =>
        new(entries.Select(entry => KeyValuePair.Create(entry.Key, entry.Value)));

    private static VirtualService VirtualService(params HttpRoute[] routes) =>
        new(Meta("shop", "web"), [Host("web")], [], routes.ToValueList(), [], [], []);

    private static List<Route> Routes(params HttpRoute[] routes) => [.. Web(ForHttp(Mesh.Route(VirtualService(routes)))).Routes];

    private static VirtualHost Web(Generated generated) =>
        generated.Route("80").VirtualHosts.Single(host => host.Name == "web.shop.svc.cluster.local:80");

    private static Route Single(Generated generated) => Web(generated).Routes.Single();
}
