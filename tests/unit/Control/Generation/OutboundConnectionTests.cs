using Envoy.Config.Cluster.V3;
using Intercept.Control.Model;
using Intercept.Control.Model.Linkerd;
using Intercept.Control.Model.Services;
using Intercept.Control.Model.Traffic;
using Intercept.Core.Addressing;
using static Intercept.Tests.Unit.Control.Generation.Generated;
using static Intercept.Tests.Unit.Control.Generation.MeshUnderTest;

namespace Intercept.Tests.Unit.Control.Generation;

/// <summary>Where an Intercept proxy's outbound connections go.</summary>
public sealed class OutboundConnectionTests
{
    private const string Web = "outbound|80||web.shop.svc.cluster.local";

    private static MeshUnderTest Mesh => new MeshUnderTest()
        .Service("web", "10.96.0.10", [(80, 8080, PortProtocol.Http), (9000, 9000, PortProtocol.Tcp)])
        .Service("web-next", "10.96.0.11", [(80, 8080, PortProtocol.Http)])
        .Service("client", "10.96.0.12", [(80, 8080, PortProtocol.Http)]);

    [Fact]
    public void Captured_connections_are_handed_to_the_listener_of_their_destination()
    {
        var generated = For(Mesh, "client-0");

        var main = generated.Listener("virtualOutbound");
        Assert.True(main.UseOriginalDst);

        // From outside of the pod nobody reaches it.
        Assert.Equal(("127.0.0.1", 15001u), (main.Address.SocketAddress.Address, main.Address.SocketAddress.PortValue));
        Assert.Equal("::1", main.AdditionalAddresses[0].Address.SocketAddress.Address);
        Assert.Equal(["BlackHoleCluster", "PassthroughCluster"], main.FilterChains.Select(Target));
        Assert.Equal(15001u, main.FilterChains[0].FilterChainMatch.DestinationPort);

        var listener = generated.Listener("10.96.0.10_80");
        Assert.False(listener.BindToPort);
        Assert.Empty(listener.ListenerFilters);
        Assert.Equal(Web, Target(Assert.Single(listener.FilterChains)));
    }

    [Fact]
    public void With_a_registry_only_the_rest_ends_in_a_black_hole()
    {
        var mesh = Mesh.With(model => model with { Options = new MeshOptions { OutboundMode = OutboundMode.RegistryOnly } });

        Assert.Equal("BlackHoleCluster", Target(For(mesh, "client-0").Listener("virtualOutbound").FilterChains[1]));
    }

    [Fact]
    public void A_virtual_service_shares_connections_by_the_route_that_all_requests_may_take()
    {
        var mesh = Mesh.Route(new VirtualService(Meta("shop", "web"), [Host("web")], [], Http:
        [
            new HttpRoute
            {
                Matches = [new HttpMatch { Uri = new TextMatch(TextMatchKind.Prefix, "/beta") }],
                Destinations = [Share(Host("web-next"), 100)],
            },
            new HttpRoute { Destinations = [Share(Host("web"), 90), Share(Host("web-next"), 10), Share(Host("client"), 0)] },
        ], [], [], []));

        var chain = Assert.Single(For(mesh, "client-0").Listener("10.96.0.10_80").FilterChains);

        Assert.Equal("outbound|80||web.shop.svc.cluster.local*90 outbound|80||web-next.shop.svc.cluster.local*10", Target(chain));
    }

    [Fact]
    public void A_tcp_route_holds_for_its_port_and_its_subnets()
    {
        var mesh = Mesh.Route(new VirtualService(Meta("shop", "web"), [Host("web")], [], [], [],
        [
            new ConnectionRoute(
                [new ConnectionMatch { Port = 9000, DestinationSubnets = [Cidr.Parse("10.96.0.0/24")] }], [Share(Host("web-next"), 100)]),
            new ConnectionRoute([new ConnectionMatch { Port = 80 }], [Share(Host("client"), 100)]),
        ], []));

        var listener = For(mesh, "client-0").Listener("10.96.0.10_9000");

        Assert.Equal("outbound|80||web-next.shop.svc.cluster.local", Target(listener.FilterChains[0]));
        Assert.Equal("10.96.0.0", listener.FilterChains[0].FilterChainMatch.PrefixRanges[0].AddressPrefix);
        Assert.Equal("outbound|9000||web.shop.svc.cluster.local", Target(listener.DefaultFilterChain));
        Assert.Equal("outbound|80||client.shop.svc.cluster.local", Target(Assert.Single(For(mesh, "client-0").Listener("10.96.0.10_80").FilterChains)));
    }

    [Fact]
    public void A_traffic_split_shares_connections_between_its_backends()
    {
        var mesh = Mesh.Split(new TrafficSplit(Meta("shop", "web"), Host("web"), [new SplitBackend(Host("web"), 3), new SplitBackend(Host("web-next"), 1)]));

        Assert.Equal(
            "outbound|80||web.shop.svc.cluster.local*3 outbound|80||web-next.shop.svc.cluster.local*1",
            Target(For(mesh, "client-0").Listener("10.96.0.10_80").FilterChains[0]));
    }

    [Fact]
    public void Overrides_of_a_profile_outrank_everything_and_the_clients_profile_that_of_the_service()
    {
        var route = new VirtualService(Meta("shop", "web"), [Host("web")], [], [new HttpRoute { Destinations = [Share(Host("client"), 1)] }], [], [], []);
        ServiceProfile Profile(string @namespace, string authority) =>
            new(Meta(@namespace, Host("web")), [], null, [new WeightedAuthority(authority, 1)], []);

        var mesh = Mesh.Route(route).Profile(Profile("other", $"{Host("client")}:80"), Profile("shop", $"{Host("web-next")}:80"));

        Assert.Equal("outbound|80||client.shop.svc.cluster.local", Target(For(mesh, "x", @namespace: "other").Listener("10.96.0.10_80").FilterChains[0]));
        Assert.Equal("outbound|80||web-next.shop.svc.cluster.local", Target(For(mesh, "client-0").Listener("10.96.0.10_80").FilterChains[0]));
    }

    [Fact]
    public void A_route_to_nowhere_ends_in_a_black_hole_and_not_at_the_service()
    {
        var mesh = Mesh.Route(new VirtualService(
            Meta("shop", "web"), [Host("web")], [], [new HttpRoute { Destinations = [Share(Host("nobody"), 100)] }], [], [], []));

        Assert.Equal("BlackHoleCluster", Target(For(mesh, "client-0").Listener("10.96.0.10_80").FilterChains[0]));
    }

    [Fact]
    public void Each_pod_of_a_headless_service_has_a_listener_and_those_without_a_proxy_are_called_as_they_are()
    {
        var mesh = Mesh.Service("db", "", [(5432, 5432, PortProtocol.Tcp)], isHeadless: true)
            .Endpoints(Host("db"), "shop", endpoint => endpoint with { IsMeshed = endpoint.Labels.GetValueOrDefault("version") == "v1" });
        var model = mesh.Build();
        var pods = model.Workloads.Where(workload => workload.ServiceAccount == "db").Select(workload => workload.Addresses[0]).ToList();

        var generated = For(mesh, "client-0");

        Assert.Equal("outbound|5432||db.shop.svc.cluster.local", Target(generated.Listener($"{pods[0]}_5432").FilterChains[0]));
        Assert.Equal("PassthroughCluster", Target(generated.Listener($"{pods[1]}_5432").FilterChains[0]));
        var cluster = generated.Cluster("outbound|5432||db.shop.svc.cluster.local");
        Assert.Equal(Cluster.Types.DiscoveryType.OriginalDst, cluster.Type);
        Assert.NotNull(cluster.TransportSocket);
        Assert.DoesNotContain("outbound|5432||db.shop.svc.cluster.local", generated.EndpointNames);
    }

    [Fact]
    public void External_services_are_told_apart_by_server_name_and_by_range()
    {
        var mesh = Mesh
            .Entry(External("api.example.com", [], new ServicePort("tls", 443, new TargetPort(443, null), PortProtocol.Tls), ServiceResolution.Dns))
            .Entry(External("*.example.org", [], new ServicePort("tls", 443, new TargetPort(443, null), PortProtocol.Tls), ServiceResolution.Passthrough))
            .Entry(External("legacy.example.com", [Cidr.Parse("192.0.2.0/24")], new ServicePort("tcp", 3306, new TargetPort(3306, null), PortProtocol.Tcp), ServiceResolution.Passthrough));

        var generated = For(mesh, "client-0");

        var tls = generated.Listener("0.0.0.0_443");
        Assert.Equal(
            [("*.example.org", "outbound|443||*.example.org"), ("api.example.com", "outbound|443||api.example.com")],
            tls.FilterChains.Select(chain => (chain.FilterChainMatch.ServerNames.Single(), Target(chain))));
        Assert.Equal("PassthroughCluster", Target(tls.DefaultFilterChain));
        Assert.Contains(tls.ListenerFilters, filter => filter.Name == "envoy.filters.listener.tls_inspector");
        var range = generated.Listener("0.0.0.0_3306");
        Assert.Equal("192.0.2.0", range.FilterChains[0].FilterChainMatch.PrefixRanges[0].AddressPrefix);
        Assert.Equal("outbound|3306||legacy.example.com", Target(range.FilterChains[0]));
        Assert.Equal("api.example.com", generated.Cluster("outbound|443||api.example.com").LoadAssignment.Endpoints[0].LbEndpoints[0].Endpoint.Address.SocketAddress.Address);
        Assert.Empty(generated.Cluster("outbound|443||api.example.com").TransportSocketMatches);
    }

    private static Service External(string host, ValueList<Cidr> addresses, ServicePort port, ServiceResolution resolution) => new()
    {
        Registry = ServiceRegistry.ServiceEntry,
        Namespace = "shop",
        Name = host,
        Host = host,
        Addresses = addresses,
        Ports = [port],
        Resolution = resolution,
        IsExternal = true,
    };
}
