using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;
using Intercept.Control.Model.Services;
using Intercept.Control.Model.Traffic;
using static Intercept.Tests.Unit.Control.Generation.Generated;
using static Intercept.Tests.Unit.Control.Generation.MeshUnderTest;

namespace Intercept.Tests.Unit.Control.Generation;

/// <summary>What a gRPC client that resolves xds:/// needs.</summary>
public sealed class GrpcTests
{
    private const string Cluster = "outbound|50051||echo.shop.svc.cluster.local";

    private static MeshUnderTest Mesh => new MeshUnderTest()
        .Service("echo", "10.96.0.10", [(50051, 17070, PortProtocol.Grpc)])
        .Service("db", "10.96.0.11", [(5432, 5432, PortProtocol.Tcp)]);

    [Theory]
    [InlineData("shop", "echo echo.shop echo.shop.svc echo.shop.svc.cluster.local 10.96.0.10")]
    [InlineData("other", "echo.shop echo.shop.svc echo.shop.svc.cluster.local 10.96.0.10")]
    public void Channels_find_a_listener_by_each_name_of_the_service(string @namespace, string names) =>
        Assert.Equal(
            names.Split(' ').Select(name => $"{name}:50051").Order(StringComparer.Ordinal),
            For(Mesh, "client-0", @namespace: @namespace, generator: "grpc").ListenerNames);

    [Fact]
    public void A_listener_leads_over_routes_and_a_cluster_to_endpoints()
    {
        var generated = For(Mesh, "client-0", generator: "grpc");

        var manager = Open<HttpConnectionManager>(generated.Listener("echo.shop.svc.cluster.local:50051").ApiListener.ApiListener_);
        Assert.NotNull(manager.Rds.ConfigSource.Ads);
        Assert.Equal("envoy.filters.http.router", manager.HttpFilters.Single().Name);
        var host = generated.Route(manager.Rds.RouteConfigName).VirtualHosts.Single();
        Assert.Contains("echo.shop.svc.cluster.local:50051", host.Domains);
        Assert.Equal(Cluster, host.Routes.Single().Route_.Cluster);
        var cluster = generated.Cluster(Cluster);
        Assert.Equal(
            (Envoy.Config.Cluster.V3.Cluster.Types.DiscoveryType.Eds, Envoy.Config.Cluster.V3.Cluster.Types.LbPolicy.RoundRobin),
            (cluster.Type, cluster.LbPolicy));
        Assert.Null(cluster.TransportSocket);
        var locality = generated.Assignment(Cluster).Endpoints.Single();
        Assert.Equal(2u, locality.LoadBalancingWeight);
        Assert.Equal(2, locality.LbEndpoints.Count);
        Assert.NotNull(locality.Locality);
    }

    [Fact]
    public void Mutual_tls_takes_the_certificate_provider_of_the_clients_bootstrap_if_a_rule_asks_for_it()
    {
        var rule = new DestinationRule(
            Meta("shop", "echo"), Host("echo"), new TrafficPolicy { Tls = new ClientTls { Mode = ClientTlsMode.IstioMutual } }, [], [], null);

        var tls = Open<UpstreamTlsContext>(For(Mesh.Rule(rule), "client-0", generator: "grpc").Cluster(Cluster).TransportSocket.TypedConfig);

        Assert.Equal("default", tls.CommonTlsContext.TlsCertificateProviderInstance.InstanceName);
        var validation = tls.CommonTlsContext.CombinedValidationContext.DefaultValidationContext;
        Assert.Equal("ROOTCA", validation.CaCertificateProviderInstance.CertificateName);
        Assert.Equal(["spiffe://cluster.local/ns/shop/sa/echo"], validation.MatchSubjectAltNames.Select(name => name.Exact));
    }

    [Fact]
    public void Nothing_else_is_sent_to_it()
    {
        var generated = For(Mesh, "client-0", generator: "grpc");

        Assert.Equal([Cluster, "outbound|5432||db.shop.svc.cluster.local"], generated.ClusterNames.Order(StringComparer.Ordinal));
        Assert.Equal([Cluster], generated.RouteNames);
    }
}
