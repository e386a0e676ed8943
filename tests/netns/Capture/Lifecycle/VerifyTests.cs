using Intercept.Capture.Planning;
using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Capture.Lifecycle;

public sealed class VerifyTests
{
    private static readonly string[] _arguments = ["-i", "*", "-b", "*", "-u", "1337", "-g", "4000", "--redirect-dns"];

    private static readonly string[] _checks =
    [
        "outbound", "proxy exclusion", "self-call by service address", "DNS over UDP", "DNS over TCP", "inbound",
    ];

    public static TheoryData<CaptureBackend> Backends => CaptureBackends.All;

    public static TheoryData<CaptureBackend, bool> TproxyCases
    {
        get
        {
            var cases = new TheoryData<CaptureBackend, bool>();
            foreach (var backend in Enum.GetValues<CaptureBackend>())
            {
                cases.Add(backend, false);
                cases.Add(backend, true);
            }

            return cases;
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Backends))]
    public async Task A_healthy_install_is_proven_in_both_families_and_nothing_stays_behind(CaptureBackend backend)
    {
        await using var scene = await CaptureScene.OpenAsync(backend, proxy: false);
        await scene.InstallAsync(_arguments);
        var before = await scene.World.SnapshotAsync();
        var verified = await VerifyAsync(scene);
        Assert.True(verified.ExitCode == 0, verified.Said);
        Assert.Contains("with listeners of our own", verified.Error, StringComparison.Ordinal);
        AllProven(verified);
        Assert.Equal(before, await scene.World.SnapshotAsync());
    }

    [SkippableTheory]
    [MemberData(nameof(Backends))]
    public async Task Beside_a_running_proxy_the_same_is_proven_but_for_datagrams(CaptureBackend backend)
    {
        await using var scene = await CaptureScene.OpenAsync(backend);
        await scene.InstallAsync(_arguments);
        var verified = await VerifyAsync(scene);
        Assert.True(verified.ExitCode == 0, verified.Said);
        Assert.Contains("beside the running proxy", verified.Error, StringComparison.Ordinal);
        AllProven(verified, but: "DNS over UDP");
        Assert.Contains("rules only  DNS over UDP IPv6", verified.Output, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [MemberData(nameof(TproxyCases))]
    public async Task Tproxy_is_proven_too(CaptureBackend backend, bool proxy)
    {
        await using var scene = await CaptureScene.OpenAsync(backend, proxy);
        if (proxy)
        {
            await scene.World.Pod.AskAsync("transparent", new() { ["port"] = 15006, ["on"] = true });
        }

        await scene.InstallAsync([.. _arguments, "-m", "TPROXY"]);
        var verified = await scene.World.InitAsync(["verify", .. _arguments, "-m", "TPROXY", .. backend.Flags()]);
        Assert.True(verified.ExitCode == 0, verified.Said);
        AllProven(verified, but: proxy ? "DNS over UDP" : "");
        await scene.Rules.DeleteAsync(RuleTable.Mangle, RuleChain.InterceptInbound, "capture inbound");
        verified = await scene.World.InitAsync(["verify", .. _arguments, "-m", "TPROXY", .. backend.Flags(), "--probe-timeout", "1s"]);
        Assert.Equal(95, verified.ExitCode);
        Assert.Contains("FAILED      inbound IPv4", verified.Output, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [MemberData(nameof(Backends))]
    public async Task Nothing_installed_fails_every_check(CaptureBackend backend)
    {
        await using var scene = await CaptureScene.OpenAsync(backend, proxy: false);
        var verified = await VerifyAsync(scene, "--probe-timeout", "1s");
        Assert.Equal(95, verified.ExitCode);
        foreach (var check in _checks.Where(check => check != "proxy exclusion"))
        {
            Assert.Contains($"FAILED      {check} IPv4", verified.Output, StringComparison.Ordinal);
            Assert.Contains($"FAILED      {check} IPv6", verified.Output, StringComparison.Ordinal);
        }
    }

    [SkippableFact]
    public async Task Install_can_verify_what_it_did()
    {
        await using var scene = await CaptureScene.OpenAsync(CaptureBackend.IptablesNft, proxy: false);
        var finished = await scene.World.InitAsync(["install", .. _arguments, .. scene.Backend.Flags(), "--run-validation"]);
        Assert.True(finished.ExitCode == 0, finished.Said);
        AllProven(finished);
        await scene.UninstallAsync();
        Assert.Equal(95, (await scene.World.InitAsync(["install", .. _arguments, .. scene.Backend.Flags(), "--run-validation", "--skip-rule-apply", "--probe-timeout", "1s"])).ExitCode);
    }

    [SkippableFact]
    public async Task Watch_makes_connections_too_and_reports_what_is_not_captured()
    {
        await using var scene = await CaptureScene.OpenAsync(CaptureBackend.Nftables, proxy: false);
        await scene.InstallAsync(_arguments);
        await using var watch = RunningInit.Start(
            scene.World, ["watch", .. _arguments, .. scene.Backend.Flags(), "--interval", "100ms", "--probe-interval", "100ms", "--probe-timeout", "1s"]);
        await watch.WaitForAsync("capture is in effect");

        // No rule of ours is touched: somebody else's comes before them.
        await scene.World.MustInPodAsync(
            "nft 'add table inet others { chain output { type filter hook output priority -300; policy accept; tcp dport 15002 drop; }; }'");
        Assert.Contains("outbound IPv4", await watch.WaitForAsync("not captured: "), StringComparison.Ordinal);
        await scene.World.MustInPodAsync("nft delete table inet others");
        await watch.WaitForAsync("capture is in effect");
        Assert.Equal(0, await watch.StopAsync());
    }

    private static Task<Finished> VerifyAsync(CaptureScene scene, params IEnumerable<string> more) =>
        scene.World.InitAsync(["verify", .. _arguments, .. scene.Backend.Flags(), .. more]);

    private static void AllProven(Finished verified, string but = "")
    {
        foreach (var check in _checks.Where(check => check != but))
        {
            Assert.Contains($"ok          {check} IPv4", verified.Output, StringComparison.Ordinal);
            Assert.Contains($"ok          {check} IPv6", verified.Output, StringComparison.Ordinal);
        }
    }
}
