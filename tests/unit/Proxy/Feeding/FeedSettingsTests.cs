using Intercept.Core.Identity;
using Intercept.Mesh;
using Intercept.Proxy.CommandLine;
using Intercept.Proxy.Feeding;
using Intercept.Xds;
using Intercept.Xds.Certificates;
using Intercept.Xds.Sidecars;
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

    private static SidecarConfiguration Sidecar()
    {
        Assert.True(SpiffeId.TryParse("spiffe://cluster.local/ns/shop/sa/web", out var identity));
        return new SidecarConfiguration(
            _ofBootstrap with { Node = new ControlPlaneNode("of-environment", "shop.web") }, new SdsOptions { Address = ServerAddress.TryParse("unix:/sds")!, NodeId = "x" }, identity);
    }

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
    public void A_source_of_certificates_gives_the_proxys_own_secrets_and_the_control_plane_does_not()
    {
        var address = ServerAddress.TryParse("unix:/run/xds.sock");
        Assert.Empty(FeedSettings.ControlPlane(new FeedOptions { ControlPlane = address }, null, _node)!.ProvidedSecrets);

        var provided = FeedSettings.ControlPlane(new FeedOptions { ControlPlane = address, WorkloadApiSocket = "/run/agent.sock" }, null, _node)!.ProvidedSecrets;

        Assert.Equal(["ROOTCA", "default"], provided.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_node_of_the_bootstrap_is_who_the_proxy_is_and_an_environment_fills_in_what_it_does_not_say()
    {
        var sidecar = Sidecar();
        var options = FeedSettings.ControlPlane(new FeedOptions { Sidecar = sidecar }, null, new NodeIdentity("", "web"))!;

        Assert.Equal((sidecar.ControlPlane.Address, "of-environment", "web"), (options.Address, options.Node.Id, options.Node.Cluster));
    }

    [Fact]
    public void A_flag_names_another_source_of_certificates_than_the_environment()
    {
        var sidecar = Sidecar();
        Assert.Same(sidecar.Certificates, FeedSettings.Certificates(new FeedOptions { Sidecar = sidecar }, "n"));
        Assert.Equal("unix:/a", $"{((WorkloadApiOptions)FeedSettings.Certificates(new FeedOptions { Sidecar = sidecar, WorkloadApiSocket = "/a" }, "n")!).Address}");
        Assert.Equal("n", ((SdsOptions)FeedSettings.Certificates(new FeedOptions { SdsSocket = "/a" }, "n")!).NodeId);

        var ca = (IstioCaOptions)FeedSettings.Certificates(new FeedOptions { Sidecar = sidecar, Ca = ServerAddress.TryParse("127.0.0.1:1"), TokenPath = "/t" }, "n")!;
        Assert.Equal((sidecar.Identity, "/t", "127.0.0.1:1"), (ca.Identity, ca.TokenPath, $"{ca.Address}"));
        Assert.Null(FeedSettings.Certificates(FeedOptions.None, "n"));
    }

    [Fact]
    public void A_flag_leads_elsewhere_with_what_the_bootstrap_says_of_the_node()
    {
        var options = FeedSettings.ControlPlane(
            new FeedOptions { ControlPlane = ServerAddress.TryParse("istiod:15012"), ControlPlaneTrustPath = "/root.pem" }, _ofBootstrap, _node)!;

        Assert.Equal(("istiod:15012", "/root.pem", "sidecar~1"), (options.Address, options.TrustPath, options.Node.Id));
    }

    [Fact]
    public void What_the_bootstrap_says_beside_the_address_stays()
    {
        var options = FeedSettings.ControlPlane(FeedOptions.None, _ofBootstrap, _node)!;

        Assert.Equal("""{"NAMESPACE":"shop"}""", options.Node.Metadata);
        Assert.Equal(TimeSpan.FromSeconds(3), options.InitialFetchTimeout);
    }
}
