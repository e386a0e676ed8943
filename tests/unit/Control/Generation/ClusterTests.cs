using Envoy.Config.Cluster.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;
using Envoy.Extensions.Upstreams.Http.V3;
using Intercept.Control.Model;
using Intercept.Control.Model.Security;
using Intercept.Control.Model.Services;
using Intercept.Control.Model.Traffic;
using static Intercept.Tests.Unit.Control.Generation.Generated;
using static Intercept.Tests.Unit.Control.Generation.MeshUnderTest;
using LbPolicy = Envoy.Config.Cluster.V3.Cluster.Types.LbPolicy;
using OutlierDetection = Intercept.Control.Model.Traffic.OutlierDetection;

namespace Intercept.Tests.Unit.Control.Generation;

public sealed class ClusterTests
{
    private const string Web = "outbound|80||web.shop.svc.cluster.local";
    private const string WebV1 = "outbound|80|v1|web.shop.svc.cluster.local";

    private static MeshUnderTest Mesh => new MeshUnderTest()
        .Service("web", "10.96.0.10", [(80, 8080, PortProtocol.Http), (81, 8081, PortProtocol.Grpc)])
        .Service("plain", "10.96.0.11", [(80, 8080, PortProtocol.Tcp)], isMeshed: false);

    [Fact]
    public void Endpoints_come_over_the_same_stream_and_connections_are_shared_by_least_request()
    {
        var cluster = For(Mesh, "client-0").Cluster(Web);

        Assert.Equal((Cluster.Types.DiscoveryType.Eds, LbPolicy.LeastRequest), (cluster.Type, cluster.LbPolicy));
        Assert.NotNull(cluster.EdsClusterConfig.EdsConfig.Ads);
        Assert.Equal(TimeSpan.FromSeconds(10), cluster.ConnectTimeout.ToTimeSpan());
        Assert.Equal(uint.MaxValue, cluster.CircuitBreakers.Thresholds.Single().MaxConnections);
    }

    [Fact]
    public void Endpoints_with_a_proxy_are_spoken_to_in_mutual_tls_by_the_accounts_of_the_service()
    {
        var generated = For(Mesh, "client-0");
        var cluster = generated.Cluster(Web);

        Assert.Equal(["tlsMode-istio", "tlsMode-disabled"], cluster.TransportSocketMatches.Select(match => match.Name));
        Assert.Equal("istio", cluster.TransportSocketMatches[0].Match.Fields["tlsMode"].StringValue);
        Assert.Empty(cluster.TransportSocketMatches[1].Match.Fields);
        var tls = Open<UpstreamTlsContext>(cluster.TransportSocketMatches[0].TransportSocket.TypedConfig);
        Assert.Equal("outbound_.80_._.web.shop.svc.cluster.local", tls.Sni);
        Assert.Equal(["istio"], tls.CommonTlsContext.AlpnProtocols);
        Assert.Equal("default", tls.CommonTlsContext.TlsCertificateSdsSecretConfigs.Single().Name);
        Assert.Equal("ROOTCA", tls.CommonTlsContext.CombinedValidationContext.ValidationContextSdsSecretConfig.Name);
        Assert.Equal(
            ["spiffe://cluster.local/ns/shop/sa/web"],
            tls.CommonTlsContext.CombinedValidationContext.DefaultValidationContext.MatchTypedSubjectAltNames.Select(name => name.Matcher.Exact));

        Assert.All(Hosts(generated, Web), host => Assert.Equal("istio", TlsMode(host)));
        Assert.All(Hosts(generated, "outbound|80||plain.shop.svc.cluster.local"), host => Assert.Null(TlsMode(host)));
        Assert.Equal("web-0;shop;web;v1;", Hosts(generated, Web)[0].Metadata.FilterMetadata["istio"].Fields["workload"].StringValue);
    }

    [Fact]
    public void Where_mutual_tls_is_turned_off_endpoints_are_called_in_plaintext()
    {
        var mesh = Mesh.Authenticate(new PeerAuthentication(Meta("shop", "web"), Selector("web"), MtlsMode.Strict, [new PortMtls(8081, MtlsMode.Disable)]));

        var generated = For(mesh, "client-0");

        Assert.All(Hosts(generated, Web), host => Assert.Equal("istio", TlsMode(host)));
        Assert.All(Hosts(generated, "outbound|81||web.shop.svc.cluster.local"), host => Assert.Null(TlsMode(host)));
    }

    [Fact]
    public void Only_ready_endpoints_are_sent_to_and_those_of_a_locality_together()
    {
        var mesh = Mesh.Endpoints(Host("web"), "shop", endpoint => endpoint with
        {
            Health = endpoint.Labels.GetValueOrDefault("version") == "v1" ? EndpointHealth.Draining : EndpointHealth.Ready,
            Locality = "eu/a/rack1",
            Weight = 5,
        });

        var locality = For(mesh, "client-0").Assignment(Web).Endpoints.Single();

        Assert.Equal(("eu", "a", "rack1"), (locality.Locality.Region, locality.Locality.Zone, locality.Locality.SubZone));
        Assert.Equal(5u, Assert.Single(locality.LbEndpoints).LoadBalancingWeight);
        Assert.Equal(5u, locality.LoadBalancingWeight);
    }

    [Fact]
    public void A_rule_has_subsets_and_policies_for_the_service_for_its_ports_and_for_subsets()
    {
        var rule = new DestinationRule(
            Meta("shop", "web"),
            Host("web"),
            new TrafficPolicy
            {
                LoadBalancer = new LoadBalancerSettings(SimpleLoadBalancer.RoundRobin, null, null, null),
                ConnectionPool = new ConnectionPool(new TcpPool(7, TimeSpan.FromSeconds(1), null, null, null), null),
                OutlierDetection = new OutlierDetection { Consecutive5xxErrors = 3, ConsecutiveGatewayErrors = 0, MaxEjectionPercent = 50, MinHealthPercent = 20 },
                Ports = [new PortTrafficPolicy(81, new TrafficPolicy { LoadBalancer = new LoadBalancerSettings(SimpleLoadBalancer.Random, null, null, null) })],
            },
            [new Subset("v1", new ValueMap<string>([KeyValuePair.Create("version", "v1")]), new TrafficPolicy { Tls = new ClientTls { Mode = ClientTlsMode.Disable } })],
            [],
            null);

        var generated = For(Mesh.Rule(rule), "client-0");

        var cluster = generated.Cluster(Web);
        Assert.Equal((LbPolicy.RoundRobin, 7u), (cluster.LbPolicy, cluster.CircuitBreakers.Thresholds.Single().MaxConnections!.Value));
        Assert.Equal((3u, 100u), (cluster.OutlierDetection.Consecutive5Xx!.Value, cluster.OutlierDetection.EnforcingConsecutive5Xx!.Value));
        Assert.Equal((null, 0u), (cluster.OutlierDetection.ConsecutiveGatewayFailure, cluster.OutlierDetection.EnforcingConsecutiveGatewayFailure!.Value));
        Assert.Equal(20, cluster.CommonLbConfig.HealthyPanicThreshold.Value);
        var other = generated.Cluster("outbound|81||web.shop.svc.cluster.local");
        Assert.Equal((LbPolicy.Random, uint.MaxValue), (other.LbPolicy, other.CircuitBreakers.Thresholds.Single().MaxConnections!.Value));
        var subset = generated.Cluster(WebV1);
        Assert.Equal(LbPolicy.RoundRobin, subset.LbPolicy);
        Assert.Empty(subset.TransportSocketMatches);
        Assert.Null(subset.TransportSocket);
        Assert.Single(Hosts(generated, WebV1));
        Assert.Equal(2, Hosts(generated, Web).Count);
    }

    [Theory]
    [InlineData("shop", "Random")]
    [InlineData("third", "RoundRobin")]
    public void The_clients_namespace_has_the_first_word_and_the_services_the_second(string @namespace, string policy)
    {
        DestinationRule Rule(string owner, SimpleLoadBalancer simple, string[] exportTo) => new(
            Meta(owner, "web"), Host("web", "other"), new TrafficPolicy { LoadBalancer = new LoadBalancerSettings(simple, null, null, null) }, [], exportTo.ToValueList(), null);
        var mesh = new MeshUnderTest().Service("web", "10.96.0.10", [(80, 8080, PortProtocol.Tcp)], "other")
            .Rule(
                Rule("istio-system", SimpleLoadBalancer.LeastRequest, []),
                Rule("other", SimpleLoadBalancer.RoundRobin, []),
                Rule("shop", SimpleLoadBalancer.Random, []));

        Assert.Equal(policy, $"{For(mesh, "x", @namespace: @namespace).Cluster("outbound|80||web.other.svc.cluster.local").LbPolicy}");
    }

    [Theory]
    [InlineData("tcp", "LeastRequest")]
    [InlineData("tcp,http", "Maglev")]
    public void Only_those_who_know_requests_choose_by_hash(string protocols, string policy)
    {
        var hash = new ConsistentHash { HttpHeaderName = "x-user", IsMaglev = true, MaglevTableSize = 1021 };
        var rule = new DestinationRule(
            Meta("shop", "web"), Host("web"), new TrafficPolicy { LoadBalancer = new LoadBalancerSettings(SimpleLoadBalancer.Unspecified, hash, null, null) }, [], [], null);

        Assert.Equal(policy, $"{For(Mesh.Rule(rule), "client-0", protocols).Cluster(Web).LbPolicy}");
    }

    [Fact]
    public void Http_versions_are_told_to_those_who_speak_http()
    {
        var generated = For(Mesh, "client-0", "tcp,http");

        Assert.Empty(generated.Cluster(Web).TypedExtensionProtocolOptions);
        var options = generated.Cluster("outbound|81||web.shop.svc.cluster.local").TypedExtensionProtocolOptions.Values.Single();
        Assert.NotNull(Open<HttpProtocolOptions>(options).ExplicitHttpConfig.Http2ProtocolOptions);
        var tls = Open<UpstreamTlsContext>(generated.Cluster("outbound|81||web.shop.svc.cluster.local").TransportSocketMatches[0].TransportSocket.TypedConfig);
        Assert.Equal(["istio-h2", "istio", "h2"], tls.CommonTlsContext.AlpnProtocols);
    }

    [Fact]
    public void A_foreign_server_must_show_the_name_that_was_called()
    {
        var rule = new DestinationRule(
            Meta("shop", "web"), Host("web"), new TrafficPolicy { Tls = new ClientTls { Mode = ClientTlsMode.Simple, CaCertificates = "/certs/ca.pem", Sni = "web.example.com" } }, [], [], null);

        var tls = Open<UpstreamTlsContext>(For(Mesh.Rule(rule), "client-0").Cluster(Web).TransportSocket.TypedConfig);

        Assert.Equal("web.example.com", tls.Sni);
        Assert.Equal("/certs/ca.pem", tls.CommonTlsContext.ValidationContext.TrustedCa.Filename);
        Assert.Equal("web.example.com", tls.CommonTlsContext.ValidationContext.MatchTypedSubjectAltNames.Single().Matcher.Exact);
        Assert.Empty(tls.CommonTlsContext.TlsCertificateSdsSecretConfigs);
    }

    private static List<Envoy.Config.Endpoint.V3.LbEndpoint> Hosts(Generated generated, string cluster) =>
        [.. generated.Assignment(cluster).Endpoints.SelectMany(locality => locality.LbEndpoints)];

    private static string? TlsMode(Envoy.Config.Endpoint.V3.LbEndpoint host) =>
        host.Metadata is not null && host.Metadata.FilterMetadata.TryGetValue("envoy.transport_socket_match", out var match)
            ? match.Fields["tlsMode"].StringValue
            : null;
}
