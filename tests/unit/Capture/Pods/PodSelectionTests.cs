using Intercept.Capture.Pods;

namespace Intercept.Tests.Unit.Capture.Pods;

public sealed class PodSelectionTests
{
    [Theory]
    [InlineData("intercept-proxy")]
    [InlineData("istio-proxy")]
    [InlineData("linkerd-proxy")]
    public void A_pod_with_a_proxy_is_captured(string proxy)
    {
        var decision = PodUnderTest.With("web", proxy).Decide();

        Assert.True(decision.IsCaptured);
        Assert.Equal($"it has a proxy, {proxy}", decision.Reason);
    }

    [Theory]
    [InlineData("intercept-init")]
    [InlineData("istio-init")]
    [InlineData("linkerd-init")]
    public void A_pod_with_an_init_container_of_its_own_is_left_to_it(string initializer) => Assert.Equal(
        PodDecision.Leave($"its init container {initializer} captures"), PodUnderTest.With(initializer, "web", "istio-proxy").Label("sidecar.istio.io/inject", "true").Decide());

    [Fact]
    public void A_pod_without_a_proxy_is_left_alone() => Assert.Equal(PodDecision.Leave("it has no proxy"), PodUnderTest.With("web").Decide());

    [Fact]
    public void A_pod_that_asks_for_capture_and_has_no_proxy_is_refused()
    {
        var problem = Assert.Single(PodUnderTest.With("web").Label("sidecar.istio.io/inject", "true").Refuse());

        Assert.Equal(
            "pod shop/web: label sidecar.istio.io/inject 'true' asks for capture, and the pod has no proxy; "
            + "allowed: a container intercept-proxy, istio-proxy, linkerd-proxy",
            problem.ToString());
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("Yes", true)]
    [InlineData("false", false)]
    [InlineData("off", false)]
    public void The_label_decides_as_Istio_reads_it(string value, bool captured) => Assert.Equal(
        captured, PodUnderTest.With("web", "istio-proxy").Label("sidecar.istio.io/inject", value).Decide().IsCaptured);

    [Fact]
    public void The_label_wins_over_the_annotation()
    {
        var pod = PodUnderTest.With("web", "istio-proxy");

        Assert.False(pod.Annotate("sidecar.istio.io/inject", "false").Decide().IsCaptured);
        Assert.True(pod.Annotate("sidecar.istio.io/inject", "false").Label("sidecar.istio.io/inject", "true").Decide().IsCaptured);
    }

    [Theory]
    [InlineData("sidecar.istio.io/interceptionMode", "NONE")]
    [InlineData("inject.istio.io/templates", "gateway")]
    [InlineData("inject.istio.io/templates", "custom, grpc-agent")]
    [InlineData("linkerd.io/inject", "disabled")]
    public void These_annotations_leave_a_pod_alone(string name, string value) =>
        Assert.False(PodUnderTest.With("web", "istio-proxy").Annotate(name, value).Decide().IsCaptured);

    [Fact]
    public void A_pod_of_no_data_plane_is_left_alone() =>
        Assert.False(PodUnderTest.With("web", "istio-proxy").Label("istio.io/dataplane-mode", "none").Decide().IsCaptured);

    [Fact]
    public void A_pod_of_an_excluded_namespace_is_left_alone_whatever_it_says()
    {
        var pod = PodUnderTest.With("web", "istio-proxy").Label("sidecar.istio.io/inject", "true");

        var decision = (pod with { Metadata = pod.Metadata with { Identity = new PodIdentity("kube-system", "dns", "") } }).Decide();

        Assert.Equal(PodDecision.Leave("its namespace kube-system is excluded"), decision);
    }

    [Theory]
    [InlineData("linkerd.io/inject", "enabled")]
    [InlineData("linkerd.io/inject", "ingress")]
    [InlineData("sidecar.istio.io/status", "{}")]
    [InlineData("sidecar.istio.io/inject", "true")]
    public void Where_containers_are_not_known_the_pod_has_to_ask(string name, string value)
    {
        Assert.False(new PodUnderTest().Decide().IsCaptured);
        Assert.True(new PodUnderTest().Annotate(name, value).Decide().IsCaptured);
    }

    [Fact]
    public void Where_all_are_captured_a_pod_may_still_refuse()
    {
        var pod = new PodUnderTest { Settings = new SelectionSettings { CapturesUnlabelled = true } };

        Assert.True(pod.Decide().IsCaptured);
        Assert.False(pod.Label("sidecar.istio.io/inject", "false").Decide().IsCaptured);
    }

    [Theory]
    [InlineData("sidecar.istio.io/inject", "maybe", "annotation sidecar.istio.io/inject 'maybe' is not one of the choices; allowed: true or false")]
    [InlineData("linkerd.io/inject", "on", "annotation linkerd.io/inject 'on' is not one of the choices; allowed: enabled, ingress or disabled")]
    public void A_choice_that_is_not_known_is_refused(string name, string value, string message) => Assert.Equal(
        $"pod shop/web: {message}", Assert.Single(PodUnderTest.With("web", "istio-proxy").Annotate(name, value).Refuse()).ToString());

    [Fact]
    public void Everything_wrong_with_a_pod_is_told_at_once() => Assert.Equal(
        ["label sidecar.istio.io/inject", "label istio.io/dataplane-mode", "traffic.sidecar.istio.io/excludeOutboundPorts"],
        PodUnderTest.With("web", "istio-proxy")
            .Label("sidecar.istio.io/inject", "perhaps")
            .Label("istio.io/dataplane-mode", "cloud")
            .Annotate("traffic.sidecar.istio.io/excludeOutboundPorts", "http")
            .Refuse().Select(problem => problem.Field));
}
