using Intercept.Control.Generation;
using Intercept.Control.Model;
using Intercept.Control.Model.Security;
using Intercept.Control.Model.Services;
using Intercept.Control.Model.Traffic;
using Intercept.Xds.Discovery;
using static Intercept.Tests.Unit.Control.Generation.MeshUnderTest;

namespace Intercept.Tests.Unit.Control.Generation;

/// <summary>What is remembered between generations saves work and changes nothing.</summary>
public sealed class IncrementalTests
{
    private static readonly ProxyNode[] _nodes =
    [
        Generated.Node("web-0"),
        Generated.Node("db-1", "tcp,http"),
        Generated.Node("x-0", @namespace: "other", generator: "grpc"),
    ];

    private static MeshUnderTest Mesh => new MeshUnderTest()
        .Service("web", "10.96.0.10", [(80, 8080, PortProtocol.Http), (81, 8081, PortProtocol.Tcp)])
        .Service("api", "10.96.0.11", [(80, 8080, PortProtocol.Grpc)])
        .Service("stock", "10.96.0.12", [(80, 8080, PortProtocol.Auto)], "other")
        .Service("db", "", [(5432, 5432, PortProtocol.Tcp)], isHeadless: true);

    [Fact]
    public void A_change_of_one_endpoint_makes_one_assignment_anew()
    {
        var generator = new ResourceGenerator();
        var mesh = Mesh;
        var before = generator.Generate(mesh.Build(), _nodes[0]);
        mesh.Endpoints(Host("api"), "shop", endpoint => endpoint with
        {
            Health = endpoint.Labels.GetValueOrDefault("version") == "v1" ? EndpointHealth.NotReady : EndpointHealth.Ready,
        });

        var after = generator.Generate(mesh.Build(), _nodes[0]);

        Assert.Equal(
            ["outbound|80||api.shop.svc.cluster.local"],
            after[ResourceType.Endpoint].ChangesSince(before[ResourceType.Endpoint]).Updated.Select(resource => resource.Name));
        Assert.All(
            before[ResourceType.Endpoint].All.Where(resource => !resource.Name.Contains("api", StringComparison.Ordinal)),
            resource => Assert.Same(resource, after[ResourceType.Endpoint].Find(resource.Name)));
        foreach (var type in (ResourceType[])[ResourceType.Cluster, ResourceType.Listener, ResourceType.Route])
        {
            Assert.Equal(before[type].All, after[type].All);
        }
    }

    [Fact]
    public void Clusters_change_with_the_accounts_of_their_endpoints()
    {
        var generator = new ResourceGenerator();
        var mesh = Mesh;
        var before = generator.Generate(mesh.Build(), _nodes[0])[ResourceType.Cluster];
        mesh.Endpoints(Host("api"), "shop", endpoint => endpoint with { ServiceAccount = "api-v2" });

        var changes = generator.Generate(mesh.Build(), _nodes[0])[ResourceType.Cluster].ChangesSince(before);

        Assert.Equal(["outbound|80||api.shop.svc.cluster.local"], changes.Updated.Select(resource => resource.Name));
    }

    [Fact]
    public void A_change_of_a_policy_touches_the_proxies_that_it_selects()
    {
        var generator = new ResourceGenerator();
        var mesh = Mesh;
        var before = _nodes.Select(node => generator.Generate(mesh.Build(), node)).ToList();
        mesh.Authorize(new AuthorizationPolicy(Meta("shop", "web"), Selector("web"), AuthorizationAction.Allow, [], null));

        var changed = _nodes.Zip(before, (node, earlier) => TypeUrls.All
            .SelectMany(type => generator.Generate(mesh.Build(), node)[type].ChangesSince(earlier[type]).Updated)
            .Select(resource => resource.Name)).ToList();

        Assert.Equal(["virtualInbound"], changed[0]);
        Assert.Empty(changed[1]);
        Assert.Empty(changed[2]);
    }

    [Fact]
    public void Proxies_that_are_alike_have_equal_inputs_and_share_their_outbound_side()
    {
        var generator = new ResourceGenerator();
        var model = Mesh.Build();
        ProxyNode[] nodes = [Generated.Node("web-0"), Generated.Node("web-1"), Generated.Node("api-0")];
        var resources = nodes.Select(node => generator.Generate(model, node)).ToList();

        Assert.NotEqual(generator.InputsOf(model, nodes[0]), generator.InputsOf(model, nodes[2]));
        Assert.Equal(generator.InputsOf(model, nodes[0]), generator.InputsOf(Mesh.Build(), nodes[0]));
        Assert.Same(resources[0][ResourceType.Endpoint], resources[2][ResourceType.Endpoint]);
        Assert.Same(
            resources[0][ResourceType.Cluster].Find("outbound|81||web.shop.svc.cluster.local"),
            resources[2][ResourceType.Cluster].Find("outbound|81||web.shop.svc.cluster.local"));
    }

    // Whatever the way to a model, and whoever comes to it: two control planes must agree, and one with its own past.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void After_any_changes_the_result_is_that_of_a_generator_without_a_past(int seed)
    {
        var random = new Random(seed);
        var mesh = Mesh;
        var incremental = new ResourceGenerator();
        for (var step = 0; step < 60; step++)
        {
            Change(mesh, random);
            var model = mesh.Build();
            var fresh = new ResourceGenerator();
            foreach (var node in _nodes.Where(_ => random.Next(3) > 0))
            {
                var (one, other) = (incremental.Generate(model, node), fresh.Generate(model, node));
                foreach (var type in TypeUrls.All)
                {
                    Assert.Equal(other[type].All.Select(resource => resource.Name), one[type].All.Select(resource => resource.Name));
                    Assert.All(other[type].All.Zip(one[type].All), pair => Assert.Equal(pair.First.Any.Value, pair.Second.Any.Value));
                    Assert.Equal(other[type].Version, one[type].Version);
                }
            }
        }
    }

    private static void Change(MeshUnderTest mesh, Random random)
    {
        switch (random.Next(8))
        {
            case 0:
                mesh.Endpoints(Host("web"), "shop", endpoint => endpoint with { Health = (EndpointHealth)random.Next(3) });
                break;
            case 1:
                mesh.Endpoints(Host("db"), "shop", endpoint => endpoint with { IsMeshed = random.Next(2) > 0, Health = (EndpointHealth)random.Next(3) });
                break;
            case 2:
                mesh.Endpoints(Host("api"), "shop", endpoint => endpoint with { ServiceAccount = $"api-{random.Next(3)}" });
                break;
            case 3:
                mesh.Authenticate(new PeerAuthentication(Meta("shop", "default"), null, (MtlsMode)random.Next(4), []));
                break;
            case 4:
                mesh.Authorize(new AuthorizationPolicy(Meta("shop", "web"), Selector("web"), (AuthorizationAction)random.Next(4), [], null));
                break;
            case 5:
                mesh.Rule(new DestinationRule(
                    Meta(random.Next(2) > 0 ? "shop" : "other", "web"),
                    random.Next(2) > 0 ? Host("web") : "*.shop.svc.cluster.local",
                    new TrafficPolicy { LoadBalancer = new LoadBalancerSettings((SimpleLoadBalancer)random.Next(5), null, null, null) },
                    random.Next(2) > 0 ? [] : [new Subset("v1", new ValueMap<string>([KeyValuePair.Create("version", "v1")]), null)],
                    [],
                    null));
                break;
            case 6:
                mesh.Route(new VirtualService(
                    Meta("shop", "web"), [Host("web")], [], [new HttpRoute { Destinations = [Share(Host("web"), (uint)random.Next(1, 4), "v1"), Share(Host("api"), 1)] }], [], [], []));
                break;
            default:
                mesh.Scope(random.Next(2) > 0
                    ? []
                    : [new Sidecar(Meta("shop", "default"), null, null, [new EgressListener(null, null, CaptureMode.Default, [new EgressHost("shop", random.Next(2) > 0 ? "*" : Host("api"))])], null, null)]);
                break;
        }
    }
}
