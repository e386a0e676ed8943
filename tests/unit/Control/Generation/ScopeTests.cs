using Intercept.Control.Model;
using Intercept.Control.Model.Services;
using Intercept.Control.Model.Traffic;
using static Intercept.Tests.Unit.Control.Generation.Generated;
using static Intercept.Tests.Unit.Control.Generation.MeshUnderTest;

namespace Intercept.Tests.Unit.Control.Generation;

/// <summary>A proxy is sent what it needs, and no more.</summary>
public sealed class ScopeTests
{
    private static MeshUnderTest Mesh => new MeshUnderTest()
        .Service("web", "10.96.0.10", [(80, 8080, PortProtocol.Tcp), (81, 8081, PortProtocol.Tcp)])
        .Service("private", "10.96.0.11", [(80, 8080, PortProtocol.Tcp)], exportTo: ["."])
        .Service("for-other", "10.96.0.12", [(80, 8080, PortProtocol.Tcp)], exportTo: ["other"])
        .Service("nobody", "10.96.0.13", [(80, 8080, PortProtocol.Tcp)], exportTo: ["~"])
        .Service("stock", "10.96.0.14", [(80, 8080, PortProtocol.Tcp)], "other");

    [Theory]
    [InlineData("shop", "outbound|80||private.shop.svc.cluster.local outbound|80||stock.other.svc.cluster.local outbound|80||web.shop.svc.cluster.local outbound|81||web.shop.svc.cluster.local")]
    [InlineData("other", "outbound|80||for-other.shop.svc.cluster.local outbound|80||stock.other.svc.cluster.local outbound|80||web.shop.svc.cluster.local outbound|81||web.shop.svc.cluster.local")]
    public void Services_are_seen_where_they_are_exported_to(string @namespace, string clusters) =>
        Assert.Equal(clusters.Split(' '), For(Mesh, "x", @namespace: @namespace).EndpointNames);

    [Fact]
    public void A_sidecar_limits_what_the_workloads_it_selects_may_call()
    {
        var mesh = Mesh.Scope(
            Sidecar("shop", "own", Selector("web"), new EgressListener(null, null, CaptureMode.Default, [new EgressHost("other", "*")])),
            Sidecar("shop", "default", null, new EgressListener(null, null, CaptureMode.Default, [new EgressHost("shop", Host("web"))])));

        Assert.Equal(["outbound|80||stock.other.svc.cluster.local"], For(mesh, "web-0").EndpointNames);
        Assert.Equal(["outbound|80||web.shop.svc.cluster.local", "outbound|81||web.shop.svc.cluster.local"], For(mesh, "private-0").EndpointNames);
    }

    [Fact]
    public void A_listener_with_a_port_stands_in_for_the_others_on_that_port()
    {
        var mesh = Mesh.Scope(Sidecar(
            "shop",
            "default",
            null,
            new EgressListener(new ServicePort("tcp", 81, new TargetPort(81, null), PortProtocol.Tcp), null, CaptureMode.Default, [new EgressHost("other", "*")]),
            new EgressListener(null, null, CaptureMode.Default, [new EgressHost("*", "*")])));

        var generated = For(mesh, "web-0");

        Assert.DoesNotContain("outbound|81||web.shop.svc.cluster.local", generated.ClusterNames);
        Assert.Contains("outbound|80||web.shop.svc.cluster.local", generated.ClusterNames);
        Assert.DoesNotContain("10.96.0.10_81", generated.ListenerNames);
    }

    [Fact]
    public void The_sidecar_of_the_root_namespace_holds_for_all_that_have_none()
    {
        var mesh = Mesh.Scope(Sidecar("istio-system", "default", null, new EgressListener(null, null, CaptureMode.Default, [new EgressHost("other", "*")])));

        Assert.Equal(["outbound|80||stock.other.svc.cluster.local"], For(mesh, "web-0").EndpointNames);
    }

    [Fact]
    public void Where_routes_lead_is_known_although_the_sidecar_does_not_list_it()
    {
        var mesh = Mesh
            .Scope(Sidecar("shop", "default", null, new EgressListener(null, null, CaptureMode.Default, [new EgressHost("shop", Host("web"))])))
            .Route(new VirtualService(Meta("shop", "web"), [Host("web")], [], [], [],
                [new ConnectionRoute([new ConnectionMatch { Port = 80 }], [Share(Host("stock", "other"), 100)])], []));

        var generated = For(mesh, "web-0");

        Assert.Contains("outbound|80||stock.other.svc.cluster.local", generated.EndpointNames);
        Assert.Equal("outbound|80||stock.other.svc.cluster.local", Target(generated.Listener("10.96.0.10_80").FilterChains[0]));
    }

    [Fact]
    public void A_gateway_has_clusters_and_no_listeners()
    {
        var node = Generated.Node("gateway-0") with { Kind = Intercept.Control.Generation.ProxyKind.Router };

        var generated = For(Mesh.Build(), node);

        Assert.Contains("outbound|80||web.shop.svc.cluster.local", generated.ClusterNames);
        Assert.Empty(generated.ListenerNames);
    }

    private static Sidecar Sidecar(string @namespace, string name, WorkloadSelector? selector, params EgressListener[] egress) =>
        new(Meta(@namespace, name), selector, null, egress.ToValueList(), null, null);
}
