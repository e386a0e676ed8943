using Intercept.Tests.Netns.Capture.Lifecycle;
using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Ebpf;

/// <summary>What captures is chosen for each direction apart, and said with its reason.</summary>
public sealed class ChoiceTests
{
    [SkippableFact]
    public async Task Auto_takes_eBPF_where_a_trial_shows_that_it_works_and_stays_with_it()
    {
        await using var scene = await EbpfScene.OpenAsync();
        var said = await AutoAsync(scene, EbpfScene.Everything);
        Assert.Contains("backend: eBPF, because connections from a scratch cgroup", said, StringComparison.Ordinal);
        Assert.Contains("nothing to do", await AutoAsync(scene, EbpfScene.Everything), StringComparison.Ordinal);
        Assert.StartsWith("connections from a scratch cgroup", (string)(await scene.StatusAsync())["recorded"]!["shares"]![0]!["reason"]!, StringComparison.Ordinal);
        await scene.UninstallAsync();
    }

    [SkippableFact]
    public async Task Auto_stays_with_packet_rules_that_an_earlier_install_made()
    {
        await using var scene = await EbpfScene.OpenAsync();
        var finished = await scene.InitAsync(["install", .. EbpfScene.Everything, "--backend", "nftables"]);
        Assert.True(finished.ExitCode == 0, finished.Said);
        Assert.Contains("nothing to do", await AutoAsync(scene, EbpfScene.Everything), StringComparison.Ordinal);
        await scene.UninstallAsync();
    }

    [SkippableFact]
    public async Task What_hooks_on_sockets_cannot_do_of_one_direction_packet_rules_do_and_the_other_stays_with_eBPF()
    {
        await using var scene = await EbpfScene.OpenAsync();
        var bare = await scene.SnapshotAsync();
        await scene.World.Pod.AskAsync("transparent", new() { ["port"] = 15006, ["on"] = true });
        string[] tproxy = [.. EbpfScene.Everything, "-m", "TPROXY"];
        var said = await AutoAsync(scene, tproxy);
        Assert.Contains("outbound: eBPF, because", said, StringComparison.Ordinal);
        Assert.Matches("inbound: (iptables|nftables).*, because .*not eBPF: TPROXY's marks", said);
        Assert.All((await scene.World.SendAsync(CaptureScene.Outbound)).Values, answer => Assert.Equal("pod:15001", answer.By));
        Assert.All((await scene.World.SendAsync(CaptureScene.Inbound)).Values, answer => Assert.Equal("pod:15006", answer.By));
        Assert.DoesNotContain("INTERCEPT_OUTBOUND", await scene.World.SnapshotAsync(), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("nothing to do", await AutoAsync(scene, tproxy), StringComparison.Ordinal);
        Assert.Equal(2, (await scene.StatusAsync())["backends"]!.AsArray().Count);

        // And the whole is given to one again.
        Assert.Contains("backend: eBPF", await AutoAsync(scene, EbpfScene.Everything), StringComparison.Ordinal);
        Assert.All((await scene.World.SendAsync(CaptureScene.Inbound)).Values, answer => Assert.Equal("pod:15006", answer.By));
        await scene.UninstallAsync();
        Assert.Equal(bare, await scene.SnapshotAsync());
    }

    [SkippableTheory]
    [InlineData("--drop-invalid", "conntrack calls invalid")]
    [InlineData("-m TPROXY", "TPROXY's marks")]
    [InlineData("-c eth7", "before the kernel chooses an interface")]
    [InlineData("-k eth7", "a guest sends")]
    public async Task Asked_for_and_unable_it_refuses_with_the_reason_and_touches_nothing(string flags, string reason)
    {
        await using var scene = await EbpfScene.OpenAsync();
        var bare = await scene.SnapshotAsync();
        var refused = await scene.InitAsync(["install", "--backend", "ebpf", .. EbpfScene.Everything, .. flags.Split(' ')]);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(reason, refused.Error, StringComparison.Ordinal);
        Assert.Equal(bare, await scene.SnapshotAsync());
    }

    [SkippableTheory]
    [InlineData("--guard-ports")]
    [InlineData("--client-address")]
    [InlineData("--bypass-until-ready")]
    [InlineData("--bound-device=pass")]
    [InlineData("--events-per-second=5")]
    [InlineData("--proxy-mark=0x10/0xf0")]
    public async Task What_packet_rules_cannot_do_they_refuse(string flag)
    {
        await using var scene = await EbpfScene.OpenAsync();
        var refused = await scene.InitAsync(["install", "--backend", "nftables", .. EbpfScene.Everything, flag]);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains($"packet rules cannot do {flag.Split('=')[0]}", refused.Error, StringComparison.Ordinal);
        Assert.Contains("because", await scene.InstallAsync([.. EbpfScene.Everything, flag]), StringComparison.Ordinal);
        await scene.UninstallAsync();
    }

    [SkippableFact]
    public async Task To_pass_the_proxy_by_until_it_is_ready_is_possible_and_loud()
    {
        await using var scene = await EbpfScene.OpenAsync(proxy: false);
        var said = await scene.InstallAsync([.. EbpfScene.Everything, "--bypass-until-ready"]);
        Assert.Contains("WARNING: --bypass-until-ready", said, StringComparison.Ordinal);
        Assert.Contains("IN THE CLEAR", said, StringComparison.Ordinal);
        Assert.All((await scene.World.SendAsync(CaptureScene.Outbound)).Values, answer => Assert.StartsWith("peer:", answer.By, StringComparison.Ordinal));
        Assert.All((await scene.World.SendAsync(CaptureScene.Inbound)).Values, answer => Assert.Equal("pod:8080", answer.By));
        var counters = (await scene.StatusAsync())["ebpf"]!["counters"]!;
        Assert.True((int)counters["out_no_listener_passed"]! > 0 && (int)counters["in_no_listener_passed"]! > 0);
        await scene.UninstallAsync();
    }

    [SkippableFact]
    public async Task A_node_that_forwards_takes_eBPF_from_no_pod_but_one_with_two_ways_out()
    {
        await using var scene = await EbpfScene.OpenAsync();
        await scene.World.MustInPodAsync("echo 1 > /proc/sys/net/ipv4/ip_forward");
        var refused = await scene.InitAsync(["install", "--backend", "ebpf", .. EbpfScene.Everything]);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("this namespace forwards packets", refused.Error, StringComparison.Ordinal);
        await scene.World.MustInPodAsync("ip link set eth1 down");
        await scene.InstallAsync(EbpfScene.Everything);
        Assert.All((await scene.World.SendAsync(CaptureScene.Inbound)).Values, answer => Assert.Equal("pod:15006", answer.By));
        await scene.UninstallAsync();
    }

    private static async Task<string> AutoAsync(EbpfScene scene, IEnumerable<string> arguments)
    {
        var finished = await scene.InitAsync(["install", .. arguments]);
        Assert.True(finished.ExitCode == 0, finished.Said);
        return finished.Error;
    }
}
