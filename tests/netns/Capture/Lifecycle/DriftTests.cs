using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Capture.Lifecycle;

public sealed class DriftTests
{
    public static TheoryData<CaptureBackend, Drift> Cases
    {
        get
        {
            var cases = new TheoryData<CaptureBackend, Drift>();
            foreach (var backend in Enum.GetValues<CaptureBackend>())
            {
                foreach (var drift in Enum.GetValues<Drift>().Where(drift => IsDrift(drift, backend)))
                {
                    cases.Add(backend, drift);
                }
            }

            return cases;
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public async Task Drift_is_repaired_in_one_transaction_per_family_while_capture_goes_on(CaptureBackend backend, Drift drift)
    {
        await using var scene = await CaptureScene.OpenAsync(backend);
        await scene.InstallAsync(CaptureScene.Everything);
        var asInstalled = await scene.World.SnapshotAsync();
        await drift.MakeAsync(scene.Rules, ipv6: false);
        if (backend != CaptureBackend.Nftables)
        {
            await drift.MakeAsync(scene.Rules, ipv6: true);
        }

        Assert.NotEqual(asInstalled, await scene.World.SnapshotAsync());
        var outbound = await KeptConnection.OpenAsync(scene.World, CaptureScene.Outbound[0]);
        var inbound = await KeptConnection.OpenAsync(scene.World, CaptureScene.Inbound[1]);
        Assert.Equal(("pod:15001", "pod:15006"), (outbound.First.By, inbound.First.By));

        var said = "";
        await using var monitor = await RuleMonitor.StartAsync(scene.World);
        var outcomes = await scene.World.Pod.HammerAsync(CaptureScene.Outbound, async () => said = await scene.InstallAsync([.. CaptureScene.Everything, "--reconcile"]));

        outcomes.AllWentTo("pod:15001", CaptureScene.Outbound);
        Assert.Contains(drift.Report(), said, StringComparison.Ordinal);
        Assert.Equal(Expected(asInstalled, drift), Expected(await scene.World.SnapshotAsync(), drift));
        Assert.Equal(("pod:15001", "pod:15006"), ((await outbound.AskAsync()).By, (await inbound.AskAsync()).By));
        if (backend != CaptureBackend.IptablesLegacy)
        {
            Assert.Equal(backend == CaptureBackend.Nftables ? 1 : 2, await monitor.TransactionsAsync());
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public async Task Watch_reports_drift_and_leaves_it(CaptureBackend backend, Drift drift)
    {
        await using var scene = await CaptureScene.OpenAsync(backend);
        await scene.InstallAsync(CaptureScene.Everything);
        await using var watch = RunningInit.Start(
            scene.World, ["watch", .. CaptureScene.Everything, .. backend.Flags(), "--interval", "100ms", "--probe-interval", "0s"]);
        await watch.WaitForAsync("capture is in effect");
        await drift.MakeAsync(scene.Rules, ipv6: true);
        var drifted = await scene.World.SnapshotAsync();
        Assert.Contains(drift.Report(), await watch.WaitForAsync("drift: "), StringComparison.Ordinal);
        Assert.Equal(drifted, await scene.World.SnapshotAsync());
        Assert.Equal(0, await watch.StopAsync());
    }

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public async Task Watch_repairs_drift_when_told_to(CaptureBackend backend, Drift drift)
    {
        await using var scene = await CaptureScene.OpenAsync(backend);
        await scene.InstallAsync(CaptureScene.Everything);
        var asInstalled = await scene.World.SnapshotAsync();
        await using var watch = RunningInit.Start(
            scene.World, ["watch", .. CaptureScene.Everything, .. backend.Flags(), "--interval", "100ms", "--probe-interval", "0s", "--repair"]);
        await watch.WaitForAsync("capture is in effect");
        await drift.MakeAsync(scene.Rules, ipv6: false);
        await watch.WaitForAsync("repaired");
        await watch.WaitForAsync("capture is in effect");
        Assert.Equal(Expected(asInstalled, drift), Expected(await scene.World.SnapshotAsync(), drift));
        Assert.Equal(0, await watch.StopAsync());
    }

    // In nftables nobody else's rules stand in our tables: a rule in front is one more rule of ours that the plan does not have.
    private static bool IsDrift(Drift drift, CaptureBackend backend) =>
        drift != Drift.ForeignRuleBeforeOurs || backend != CaptureBackend.Nftables;

    // A rule of somebody else's in a chain of the kernel's is moved behind ours, not removed.
    private static string Expected(string snapshot, Drift drift) => drift != Drift.ForeignRuleBeforeOurs
        ? snapshot
        : string.Join('\n', snapshot.Split('\n').Where(line => !line.Contains("dport 7 ", StringComparison.Ordinal)));
}
