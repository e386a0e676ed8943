using Intercept.Capture.Configuration;
using Intercept.Capture.Pods;
using Intercept.Core.Addressing;

namespace Intercept.Tests.Unit.Capture.Pods;

public sealed class PodArgumentsTests
{
    private static readonly PodUnderTest _istio = PodUnderTest.With("web", "istio-proxy");
    private static readonly PodUnderTest _linkerd = PodUnderTest.With("web", "linkerd-proxy");

    [Fact]
    public void Without_annotations_all_is_captured_but_the_proxy_s_own_ports()
    {
        var captured = _istio.Captured();

        Assert.True(captured is { CaptureAllInbound: true, CaptureAllOutbound: true, InboundPort: 15006, OutboundPort: 15001 });
        Assert.Equal([1337U], captured.ProxyUids.ToArray());
        Assert.Equal(Ports(15090, 15021, 15020), captured.InboundExcludePorts.ToArray());
    }

    [Fact]
    public void Istio_s_annotations_have_their_meaning()
    {
        var captured = _istio
            .Annotate("sidecar.istio.io/interceptionMode", "TPROXY")
            .Annotate("traffic.sidecar.istio.io/includeOutboundIPRanges", "10.0.0.0/8,fd00::/8")
            .Annotate("traffic.sidecar.istio.io/excludeOutboundIPRanges", "10.9.0.0/16")
            .Annotate("traffic.sidecar.istio.io/includeOutboundPorts", "443")
            .Annotate("traffic.sidecar.istio.io/excludeOutboundPorts", "3306,5432")
            .Annotate("traffic.sidecar.istio.io/excludeInboundPorts", "9000")
            .Annotate("traffic.sidecar.istio.io/excludeInterfaces", "net1")
            .Annotate("traffic.sidecar.istio.io/kubevirtInterfaces", "old0")
            .Annotate("istio.io/reroute-virtual-interfaces", "vm0")
            .Annotate("status.sidecar.istio.io/port", "16020")
            .Captured();

        Assert.Equal(InboundMode.Tproxy, captured.InboundMode);
        Assert.Equal([Cidr.Parse("10.0.0.0/8"), Cidr.Parse("fd00::/8")], captured.OutboundIncludeCidrs.ToArray());
        Assert.Equal([Cidr.Parse("10.9.0.0/16")], captured.OutboundExcludeCidrs.ToArray());
        Assert.Equal(Ports(443), captured.OutboundIncludePorts.ToArray());
        Assert.Equal(Ports(3306, 5432), captured.OutboundExcludePorts.ToArray());
        Assert.Equal(Ports(15090, 15021, 16020, 9000), captured.InboundExcludePorts.ToArray());
        Assert.Equal(["net1"], captured.ExcludeInterfaces.ToArray());
        Assert.Equal(["vm0"], captured.VirtualInterfaces.ToArray());
    }

    [Fact]
    public void A_list_of_inbound_ports_needs_no_exclusions()
    {
        var captured = _istio.Annotate("traffic.sidecar.istio.io/includeInboundPorts", "8080,15020").Captured();

        Assert.Equal(Ports(8080, 15020), captured.InboundIncludePorts.ToArray());
        Assert.Empty(captured.InboundExcludePorts);
    }

    [Fact]
    public void An_empty_list_captures_nothing_in_that_direction() =>
        Assert.False(_istio.Annotate("traffic.sidecar.istio.io/includeInboundPorts", "").Captured().CapturesInbound);

    [Fact]
    public void A_status_port_of_zero_is_none() =>
        Assert.Equal(Ports(15090, 15021), _istio.Annotate("status.sidecar.istio.io/port", "0").Captured().InboundExcludePorts.ToArray());

    [Fact]
    public void Linkerd_s_annotations_have_their_meaning_beside_Istio_s_proxy()
    {
        var captured = _istio
            .Annotate("config.linkerd.io/skip-outbound-ports", "4567")
            .Annotate("traffic.sidecar.istio.io/excludeOutboundPorts", "25")
            .Annotate("config.linkerd.io/skip-inbound-ports", "4568-4570")
            .Annotate("config.linkerd.io/proxy-uid", "2102")
            .Captured();

        Assert.Equal(Ports(25, 4567), captured.OutboundExcludePorts.ToArray());
        Assert.Equal([.. Ports(15090, 15021, 15020), new PortRange(4568, 4570)], captured.InboundExcludePorts.ToArray());
        Assert.Equal([2102U], captured.ProxyUids.ToArray());
        Assert.Equal([2102U], captured.ProxyGids.ToArray());
    }

    [Fact]
    public void A_pod_with_Linkerd_s_proxy_is_captured_for_it()
    {
        var captured = _linkerd
            .Annotate("config.linkerd.io/skip-outbound-ports", "4567,4568")
            .Annotate("config.linkerd.io/skip-inbound-ports", "25")
            .Annotate("config.linkerd.io/skip-subnets", "10.1.0.0/16")
            .Annotate("config.linkerd.io/admin-port", "14191")
            .Captured();

        Assert.True(captured is { InboundPort: 4143, OutboundPort: 4140, TunnelPort: null, CaptureSelfCalls: false });
        Assert.Equal([2102U], captured.ProxyUids.ToArray());
        Assert.Equal(Ports(4567, 4568), captured.OutboundExcludePorts.ToArray());
        Assert.Equal(Ports(4190, 4191, 25, 14191), captured.InboundExcludePorts.ToArray());
        Assert.Equal([Cidr.Parse("10.1.0.0/16")], captured.InboundExcludeSources.ToArray());
    }

    [Fact]
    public void The_node_s_arguments_hold_where_a_pod_says_nothing()
    {
        var pod = _istio with { Settings = new SelectionSettings { Arguments = ["-i", "10.0.0.0/8", "-u", "500", "--redirect-dns"] } };

        var captured = pod.Captured();
        Assert.Equal([Cidr.Parse("10.0.0.0/8")], captured.OutboundIncludeCidrs.ToArray());
        Assert.Equal([500U], captured.ProxyUids.ToArray());
        Assert.False(captured.CapturesInbound);
        Assert.True(captured is { RedirectDns: true, CaptureAllDns: true }, "the node does not know the pod's resolvers");
        Assert.True(pod.Annotate("traffic.sidecar.istio.io/includeOutboundIPRanges", "*").Captured().CaptureAllOutbound);
    }

    [Theory]
    [InlineData("traffic.sidecar.istio.io/excludeOutboundPorts", "80,http", "'http' is not a port; allowed: a list of ports or ranges such as 80,8000-8010; a port is a number from 1 to 65535")]
    [InlineData("traffic.sidecar.istio.io/includeOutboundIPRanges", "10.0.0.0", "'10.0.0.0' is not a range of addresses; allowed: a list of ranges such as 10.0.0.0/8,fd00::/8")]
    [InlineData("traffic.sidecar.istio.io/excludeInterfaces", "eth0 -j ACCEPT", "'eth0 -j ACCEPT' is not an interface name; allowed: 1 to 15 letters, digits, dots, underscores, dashes or @, not starting with a dash")]
    [InlineData("sidecar.istio.io/interceptionMode", "EBPF", "'EBPF' is not one of the choices; allowed: REDIRECT, TPROXY")]
    [InlineData("status.sidecar.istio.io/port", "status", "'status' is not a port; allowed: a list of ports or ranges such as 80,8000-8010; a port is a number from 1 to 65535")]
    [InlineData("config.linkerd.io/skip-subnets", "10.0.0.0/8", "'10.0.0.0/8' has a meaning with Linkerd's proxy only; allowed: a container linkerd-proxy")]
    public void A_value_that_cannot_be_is_refused_by_its_annotation(string name, string value, string message) =>
        Assert.Equal($"pod shop/web: {name} {message}", Assert.Single(_istio.Annotate(name, value).Refuse()).ToString());

    [Fact]
    public void A_misspelt_annotation_is_refused_with_the_name_that_was_meant()
    {
        var problem = Assert.Single(_istio.Annotate("traffic.sidecar.istio.io/excludeOutboundPort", "25").Refuse());

        Assert.Contains("traffic.sidecar.istio.io/excludeOutboundPorts is", problem.Why, StringComparison.Ordinal);
    }

    private static PortRange[] Ports(params ushort[] ports) => [.. ports.Select(PortRange.Of)];
}
