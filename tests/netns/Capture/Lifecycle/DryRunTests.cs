using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Capture.Lifecycle;

public sealed class DryRunTests
{
    private static readonly string[] _powerless =
        ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--bounding-set", "-all", "--inh-caps", "-all"];

    [Fact]
    public async Task A_dry_run_leaves_no_trace()
    {
        await using var world = await CaptureWorld.CreateAsync();
        var before = await world.SnapshotAsync();
        var legacy = await world.MustInPodAsync("cat /proc/net/ip_tables_names /proc/net/ip6_tables_names");
        foreach (var flags in new string[][] { [], ["--backend", "nftables"], ["--backend", "iptables", "--force-iptables-binary", "legacy"] })
        {
            var dry = await world.InitAsync(["install", .. CaptureScene.Everything, "-m", "TPROXY", "--dry-run", .. flags]);
            Assert.True(dry.ExitCode == 0, dry.Said);
            Assert.Contains("capture outbound", dry.Output, StringComparison.Ordinal);
        }

        Assert.Equal(0, (await world.InitAsync(["uninstall", "--dry-run"])).ExitCode);
        Assert.Equal(before, await world.SnapshotAsync());
        Assert.Equal(legacy, await world.MustInPodAsync("cat /proc/net/ip_tables_names /proc/net/ip6_tables_names"));
    }

    [Theory]
    [InlineData("install", "--dry-run")]
    [InlineData("uninstall", "--dry-run")]
    [InlineData("plan", "--output=iptables")]
    [InlineData("plan", "--output=nftables")]
    [InlineData("plan", "--output=json")]
    [InlineData("explain", "--to=10.0.0.1:80")]
    public async Task What_touches_no_kernel_needs_neither_root_nor_tools(string command, string flag)
    {
        await using var world = await CaptureWorld.CreateAsync();
        var finished = await world.RunInPodAsync(
            [.. _powerless, "env", "-i", "PATH=/nonexistent", Checkout.Init, command, .. CaptureScene.Everything, flag]);
        Assert.True(finished.ExitCode == 0, finished.Said);
    }

    [Fact]
    public async Task What_a_dry_run_prints_is_what_the_tool_takes()
    {
        await using var world = await CaptureWorld.CreateAsync();
        var dry = await world.InitAsync(["install", .. CaptureScene.Everything, "--dry-run", "--backend", "nftables"]);
        var nft = await world.RunInPodAsync(["nft", "-f", "-"], input: dry.Output);
        Assert.True(nft.ExitCode == 0, nft.Said);
        Assert.Contains("nothing to do", (await world.InitAsync(["install", .. CaptureScene.Everything, "--backend", "nftables", "--dry-run"])).Error
            + (await InstalledAsync(world)), StringComparison.Ordinal);
    }

    // The address and the routes stand as comments in the dry run: nft cannot make them.
    private static async Task<string> InstalledAsync(CaptureWorld world)
    {
        await world.MustInPodAsync("ip -6 addr add ::6/128 dev lo nodad");
        return (await world.InitAsync(["install", .. CaptureScene.Everything, "--backend", "nftables"])).Error;
    }
}
