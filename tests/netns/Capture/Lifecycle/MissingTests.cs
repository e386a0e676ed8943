using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Capture.Lifecycle;

/// <summary>What is missing is said, and how to get it.</summary>
public sealed class MissingTests
{
    [Theory]
    [InlineData("install")]
    [InlineData("uninstall")]
    [InlineData("verify")]
    public async Task Without_NET_ADMIN_the_capability_and_how_to_grant_it_are_named(string command)
    {
        await using var world = await CaptureWorld.CreateAsync();
        var finished = await world.RunInPodAsync(["setpriv", "--bounding-set", "-net_admin", "--", Checkout.Init, command, "-i", "*", "-b", "*"]);
        Assert.Equal(1, finished.ExitCode);
        Assert.Contains("CAP_NET_ADMIN", finished.Error, StringComparison.Ordinal);
        Assert.Contains("add: [NET_ADMIN, NET_RAW]", finished.Error, StringComparison.Ordinal);
        Assert.Contains("--cap-add NET_ADMIN", finished.Error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Without_NET_RAW_iptables_legacy_names_it()
    {
        await using var scene = await CaptureScene.OpenAsync(CaptureBackend.IptablesLegacy);
        var finished = await scene.World.RunInPodAsync(
            ["setpriv", "--bounding-set", "-net_raw", "--", Checkout.Init, "install", "-i", "*", .. scene.Backend.Flags()]);
        Assert.Equal(1, finished.ExitCode);
        Assert.Contains("CAP_NET_RAW", finished.Error, StringComparison.Ordinal);
        Assert.Contains("add: [NET_RAW]", finished.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_who_is_not_root_is_told_what_to_be()
    {
        await using var world = await CaptureWorld.CreateAsync();
        var finished = await world.RunInPodAsync(["setpriv", "--reuid", "1000", "--regid", "1000", "--clear-groups", "--", Checkout.Init, "install", "-i", "*"]);
        Assert.Equal(1, finished.ExitCode);
        Assert.Contains("runAsUser: 0", finished.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--backend=nftables", "ip", "nft is not on PATH: install the package nftables")]
    [InlineData("--backend=iptables", "ip nft", "iptables-restore is not on PATH: install the package iptables")]
    [InlineData("--force-iptables-binary=legacy", "ip nft iptables-nft-save iptables-nft-restore ip6tables-nft-save ip6tables-nft-restore", "iptables-legacy-restore is not on PATH")]
    [InlineData("--backend=auto", "ip", "One of the two is enough")]
    [InlineData("--backend=auto", "nft", "ip is not on PATH: install the package iproute2")]
    public async Task A_missing_tool_and_its_package_are_named(string flag, string tools, string said)
    {
        await using var world = await CaptureWorld.CreateAsync();
        var before = await world.SnapshotAsync();
        var finished = await RunWithToolsAsync(world, tools, "install", "-i", "*", flag);
        Assert.Equal(1, finished.ExitCode);
        Assert.Contains(said, finished.Error, StringComparison.Ordinal);
        Assert.Equal(before, await world.SnapshotAsync());
    }

    [Theory]
    [InlineData("ip nft", "nftables, because no working iptables is on PATH")]
    [InlineData("ip iptables-nft-save iptables-nft-restore ip6tables-nft-save ip6tables-nft-restore", "iptables-nft (nf_tables), because it is the only variant")]
    [InlineData("ip iptables iptables-save iptables-restore ip6tables-save ip6tables-restore", "iptables (nf_tables), because it is the only variant")]
    public async Task What_is_there_is_enough(string tools, string said)
    {
        await using var world = await CaptureWorld.CreateAsync();
        var finished = await RunWithToolsAsync(world, tools, "install", "-i", "*", "-b", "*");
        Assert.True(finished.ExitCode == 0, finished.Said);
        Assert.Contains(said, finished.Error, StringComparison.Ordinal);
        var answers = await world.SendAsync(CaptureScene.Outbound);
        Assert.All(answers.Values, answer => Assert.Equal("pod:15001", answer.By));
        finished = await RunWithToolsAsync(world, tools, "uninstall");
        Assert.True(finished.ExitCode == 0, finished.Said);
        Assert.DoesNotContain("intercept", await world.SnapshotAsync(), StringComparison.OrdinalIgnoreCase);
    }

    private static async Task<Finished> RunWithToolsAsync(CaptureWorld world, string tools, params IEnumerable<string> arguments)
    {
        var directory = Directory.CreateTempSubdirectory("icept-tools-");
        try
        {
            foreach (var tool in tools.Split(' '))
            {
                var path = await Programs.MustAsync("sh", "-c", $"command -v {tool}");
                Directory.CreateSymbolicLink(Path.Combine(directory.FullName, tool), path.Trim());
            }

            return await world.RunInPodAsync(["env", "-i", $"PATH={directory.FullName}", Checkout.Init, .. arguments]);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
