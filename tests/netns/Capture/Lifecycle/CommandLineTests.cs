using Intercept.Tests.Cases;
using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Capture.Lifecycle;

/// <summary>The flags and variables of real pod specs, and of mistaken ones, to the real program.</summary>
public sealed class CommandLineTests
{
    [Fact]
    public async Task Every_mistake_is_reported_at_once_and_nothing_is_done()
    {
        await using var world = await CaptureWorld.CreateAsync();
        var before = await world.SnapshotAsync();
        var finished = await world.InitAsync(
            [
                "install", "-p", "70000", "-u", "nobody-here", "-m", "MIRROR", "-b", "80,http", "-i", "10.0.0.0", "-x", "10.0.0.0/33", "-c", "a/b",
                "--lock-timeout", "soon", "--no-such-flag", "stray", "--backend", "ipfw",
            ],
            new Dictionary<string, string> { ["ISTIO_INBOUND_TPROXY_MARK"] = "red", ["REDIRECT_DNS"] = "perhaps" });
        Assert.Equal(64, finished.ExitCode);
        foreach (var mistake in new[]
        {
            "70000", "nobody-here", "MIRROR", "http", "10.0.0.0'", "10.0.0.0/33", "a/b", "soon", "no-such-flag", "stray", "ipfw", "red", "perhaps",
        })
        {
            Assert.Single(finished.Error.Split('\n'), line => line.Contains(mistake, StringComparison.Ordinal));
        }

        Assert.Contains("environment: ISTIO_INBOUND_TPROXY_MARK 'red'", finished.Error, StringComparison.Ordinal);
        Assert.Contains("13 problem(s)", finished.Error, StringComparison.Ordinal);
        Assert.Equal(before, await world.SnapshotAsync());
    }

    [Fact]
    public async Task A_pod_spec_for_istio_init_works_unchanged()
    {
        await using var world = await CaptureWorld.CreateAsync();
        var finished = await world.InitAsync(
            [
                "istio-iptables", "-p", "15001", "-z", "15006", "-u", "1337", "-m", "REDIRECT", "-i", "*", "-x", "", "-b", "*",
                "-d", "15090,15021,15020", "--log_output_level=default:info",
            ],
            new Dictionary<string, string> { ["ISTIO_META_DNS_CAPTURE"] = "true", ["ISTIO_META_ENABLE_HBONE"] = "true" });
        Assert.True(finished.ExitCode == 0, finished.Said);
        await ExpectAsync(world, ("app>service:80/tcp/4", "pod:15001"), ("app>service:80/tcp/6", "pod:15001"), ("app>dns:53/udp/4", "pod:15053"),
            ("peer>pod:8080/tcp/6", "pod:15006"), ("peer>pod:15021/tcp/4", "pod:15021"), ("proxy>service:80/tcp/4", "peer:80"));
    }

    [Fact]
    public async Task The_environment_alone_is_an_order_too()
    {
        await using var world = await CaptureWorld.CreateAsync();
        var finished = await world.InitAsync([], new Dictionary<string, string> { ["ISTIO_SERVICE_CIDR"] = "*", ["ISTIO_INBOUND_PORTS"] = "8080" });
        Assert.True(finished.ExitCode == 0, finished.Said);
        await ExpectAsync(world, ("app>service:80/tcp/4", "pod:15001"), ("peer>pod:8080/tcp/4", "pod:15006"), ("peer>pod:9090/tcp/4", "pod:9090"));
    }

    [Fact]
    public async Task A_pod_spec_for_linkerds_proxy_init_works_under_its_switch()
    {
        await using var world = await CaptureWorld.CreateAsync();
        var finished = await world.InitAsync(
        [
            "--linkerd", "--ipv6=false", "--incoming-proxy-port", "4143", "--outgoing-proxy-port", "4140", "--proxy-uid", "2102",
            "--inbound-ports-to-ignore", "4190,4191,4567,4568", "--outbound-ports-to-ignore", "4567,4568", "--timeout-close-wait-secs", "3600",
        ]);
        Assert.True(finished.ExitCode == 0, finished.Said);
        await ExpectAsync(world, ("app>service:80/tcp/4", "pod:4140"), ("app>service:80/tcp/6", "pod:4140"), ("peer>pod:8080/tcp/4", "pod:4143"));
        Assert.Equal("3600\n", await world.MustInPodAsync("cat /proc/sys/net/netfilter/nf_conntrack_tcp_timeout_close_wait"));
    }

    [Fact]
    public async Task Another_namespace_is_worked_on_from_outside()
    {
        await using var world = await CaptureWorld.CreateAsync(proxy: false);
        string[] flags = ["-i", "*", "-b", "*", "--network-namespace", world.PodNamespace, "--probe-timeout", "2s"];
        var before = await world.SnapshotAsync();
        var outside = await Programs.MustAsync("sh", "-c", "nft -s list ruleset; ip rule; ip -6 addr show dev lo");
        foreach (var (command, exit) in new[] { ("install", 0), ("verify", 0), ("install", 0), ("uninstall", 0), ("verify", 95) })
        {
            var finished = await Programs.RunAsync(Checkout.Init, [command, .. flags]);
            Assert.True(finished.ExitCode == exit, $"{command}: {finished.Said}");
        }

        Assert.Equal(before, await world.SnapshotAsync());
        Assert.Equal(outside, await Programs.MustAsync("sh", "-c", "nft -s list ruleset; ip rule; ip -6 addr show dev lo"));
    }

    [Theory]
    [InlineData("nothing of the kind")]
    [InlineData("/proc/self/ns/pid")]
    public async Task A_namespace_that_cannot_be_entered_is_named(string path)
    {
        var finished = await Programs.RunAsync(Checkout.Init, "install", "-i", "*", "--network-namespace", path);
        Assert.Equal(1, finished.ExitCode);
        Assert.Contains(path, finished.Error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Force_apply_writes_what_is_there_already()
    {
        await using var scene = await CaptureScene.OpenAsync(CaptureBackend.Nftables);
        await scene.InstallAsync(CaptureScene.Everything);
        var before = await scene.World.MustInPodAsync("nft -s -a list ruleset");
        await scene.InstallAsync([.. CaptureScene.Everything, "--force-apply"]);
        var after = await scene.World.MustInPodAsync("nft -s -a list ruleset");
        Assert.NotEqual(before, after);
        Assert.Equal(WithoutHandles(before), WithoutHandles(after));
    }

    private static string WithoutHandles(string listing) =>
        System.Text.RegularExpressions.Regex.Replace(listing, @" # handle \d+", "");

    private static async Task ExpectAsync(CaptureWorld world, params (string Flow, string By)[] expected)
    {
        var answers = await world.SendAsync([.. expected.Select(entry => FlowCases.All.Single(flow => flow.Name == entry.Flow))]);
        Assert.All(expected, entry => Assert.Equal(entry.By, answers[entry.Flow].By));
    }
}
