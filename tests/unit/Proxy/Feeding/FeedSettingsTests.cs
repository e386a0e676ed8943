using Intercept.Mesh;
using Intercept.Proxy.CommandLine;
using Intercept.Proxy.Feeding;
using Intercept.Xds;
using Intercept.Xds.Transport;

namespace Intercept.Tests.Unit.Proxy.Feeding;

public sealed class FeedSettingsTests
{
    private static readonly NodeIdentity _node = new("sidecar~1", "web");
    private static readonly ControlPlaneOptions _ofBootstrap = new()
    {
        Address = "127.0.0.1:15010",
        Node = new ControlPlaneNode("of-bootstrap", "c", """{"NAMESPACE":"shop"}"""),
        InitialFetchTimeout = TimeSpan.FromSeconds(3),
    };

    [Fact]
    public void Without_flag_and_bootstrap_there_is_no_control_plane() =>
        Assert.Null(FeedSettings.ControlPlane(FeedOptions.None, null, _node));

    [Fact]
    public void A_flag_alone_takes_the_node_of_the_bootstrap()
    {
        var options = FeedSettings.ControlPlane(
            new FeedOptions { ControlPlane = ServerAddress.TryParse("unix:/run/xds.sock"), TokenPath = "/token", StateFolder = "/state" }, null, _node)!;

        Assert.Equal(("unix:/run/xds.sock", "sidecar~1", "web"), (options.Address, options.Node.Id, options.Node.Cluster));
        Assert.Equal(("/token", "/state/control-plane.state"), (options.TokenPath, options.CachePath));
    }

    [Fact]
    public void A_flag_leads_elsewhere_with_what_the_bootstrap_says_of_the_node()
    {
        var options = FeedSettings.ControlPlane(
            new FeedOptions { ControlPlane = ServerAddress.TryParse("istiod:15012"), ControlPlaneTrustPath = "/root.pem" }, _ofBootstrap, _node)!;

        Assert.Equal(("istiod:15012", "/root.pem", "of-bootstrap"), (options.Address, options.TrustPath, options.Node.Id));
    }

    [Fact]
    public void Tells_the_control_plane_what_it_can_relay_and_keeps_what_else_the_node_says()
    {
        var options = FeedSettings.ControlPlane(FeedOptions.None, _ofBootstrap, _node)!;

        Assert.Equal("""{"NAMESPACE":"shop","INTERCEPT_PROTOCOLS":"tcp"}""", options.Node.Metadata);
        Assert.Equal(TimeSpan.FromSeconds(3), options.InitialFetchTimeout);
    }

    [Fact]
    public void Does_not_gainsay_a_node_that_says_itself_what_it_can_relay()
    {
        var options = FeedSettings.ControlPlane(
            FeedOptions.None, _ofBootstrap with { Node = new ControlPlaneNode("id", "c", """{"INTERCEPT_PROTOCOLS":"tcp,http"}""") }, _node)!;

        Assert.Equal("""{"INTERCEPT_PROTOCOLS":"tcp,http"}""", options.Node.Metadata);
    }
}
