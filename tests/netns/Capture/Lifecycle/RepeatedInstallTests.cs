using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Capture.Lifecycle;

public sealed class RepeatedInstallTests
{
    // Handles and, in legacy tables, counters: both are lost when a rule is written again.
    private const string Traces = "nft -a list ruleset; iptables-legacy-save -c -t nat; ip6tables-legacy-save -c -t nat";

    public static TheoryData<CaptureBackend> Backends => CaptureBackends.All;

    [SkippableTheory]
    [MemberData(nameof(Backends))]
    public async Task A_second_install_writes_nothing(CaptureBackend backend)
    {
        await using var scene = await CaptureScene.OpenAsync(backend);
        await scene.InstallAsync(CaptureScene.Everything);
        await scene.World.SendAsync(CaptureScene.Outbound);
        var traces = await TracesAsync(scene);
        Assert.Contains("nothing to do", await scene.InstallAsync(CaptureScene.Everything), StringComparison.Ordinal);
        Assert.Contains("nothing to do", await scene.InstallAsync([.. CaptureScene.Everything, "--reconcile"]), StringComparison.Ordinal);
        Assert.Equal(traces, await TracesAsync(scene));
    }

    [SkippableTheory]
    [MemberData(nameof(Backends))]
    public async Task Another_configuration_takes_the_place_of_the_first_without_a_gap(CaptureBackend backend)
    {
        await using var scene = await CaptureScene.OpenAsync(backend);
        await scene.InstallAsync("-i", "*", "-b", "8080", "--drop-invalid");
        var direct = await scene.World.SnapshotAsync();
        var before = await KeptConnection.OpenAsync(scene.World, CaptureScene.Outbound[0]);
        var outcomes = await scene.World.Pod.HammerAsync(CaptureScene.Outbound, () => scene.InstallAsync(CaptureScene.Everything));
        outcomes.AllWentTo("pod:15001", CaptureScene.Outbound);
        Assert.Equal("pod:15001", (await before.AskAsync()).By);
        Assert.Contains("nothing to do", await scene.InstallAsync(CaptureScene.Everything), StringComparison.Ordinal);
        await scene.InstallAsync("-i", "*", "-b", "8080", "--drop-invalid");
        Assert.Equal(Sorted(direct), Sorted(await scene.World.SnapshotAsync()));
    }

    [SkippableTheory]
    [MemberData(nameof(Backends))]
    public async Task Inbound_goes_from_redirect_to_tproxy_and_back_without_a_gap(CaptureBackend backend)
    {
        await using var scene = await CaptureScene.OpenAsync(backend);
        await scene.World.Pod.AskAsync("transparent", new() { ["port"] = 15006, ["on"] = true });
        string[] redirect = ["-i", "*", "-b", "*"];
        await scene.InstallAsync(redirect);
        var first = await KeptConnection.OpenAsync(scene.World, CaptureScene.Inbound[0]);
        (await scene.World.Peer.HammerAsync(CaptureScene.Inbound, () => scene.InstallAsync([.. redirect, "-m", "TPROXY"])))
            .AllWentTo("pod:15006", CaptureScene.Inbound);
        var second = await KeptConnection.OpenAsync(scene.World, CaptureScene.Inbound[1]);
        (await scene.World.Peer.HammerAsync(CaptureScene.Inbound, () => scene.InstallAsync(redirect)))
            .AllWentTo("pod:15006", CaptureScene.Inbound);
        Assert.Equal("pod:15006", (await first.AskAsync()).By);
        Assert.Equal("pod:15006", (await second.AskAsync()).By);
    }

    [SkippableTheory]
    [InlineData(CaptureBackend.IptablesNft, CaptureBackend.Nftables)]
    [InlineData(CaptureBackend.Nftables, CaptureBackend.IptablesNft)]
    [InlineData(CaptureBackend.Nftables, CaptureBackend.IptablesLegacy)]
    [InlineData(CaptureBackend.IptablesLegacy, CaptureBackend.IptablesNft)]
    public async Task Another_backend_takes_over_without_a_gap_and_leaves_nothing_of_the_first(CaptureBackend first, CaptureBackend second)
    {
        await using var scene = await CaptureScene.OpenAsync(first);
        Skip.If(second == CaptureBackend.IptablesLegacy && await LegacyKernel.PrepareAsync(scene.World) is not null, "this kernel has no iptables-legacy");
        var before = await scene.World.SnapshotAsync();
        string[] arguments = ["-i", "*", "-b", "*"];
        await scene.InstallAsync(arguments);
        var outcomes = await scene.World.Pod.HammerAsync(CaptureScene.Outbound, async () =>
        {
            var finished = await scene.World.InitAsync(["install", .. arguments, .. second.Flags()]);
            Assert.True(finished.ExitCode == 0, finished.Said);
        });
        outcomes.AllWentTo("pod:15001", CaptureScene.Outbound);
        var after = await scene.World.SnapshotAsync();
        await using var other = await CaptureScene.OpenAsync(second);
        await other.InstallAsync(arguments);
        Assert.Equal(Rules(await other.World.SnapshotAsync()), Rules(after));
        await scene.UninstallAsync();
        Assert.Equal(before, await scene.World.SnapshotAsync());
    }

    // Its comment lines say when it was listed.
    private static async Task<IEnumerable<string>> TracesAsync(CaptureScene scene)
    {
        var listed = await scene.World.MustInPodAsync(scene.Backend == CaptureBackend.IptablesLegacy ? Traces : "nft -s -a list ruleset");
        return listed.Split('\n').Where(line => !line.StartsWith('#'));
    }

    // A table that comes second is listed second.
    private static IEnumerable<string> Sorted(string snapshot) => snapshot.Split('\n').Order(StringComparer.Ordinal);

    private static IEnumerable<string> Rules(string snapshot) =>
        snapshot.Split('\n').Where(line => line.Contains("intercept", StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal);
}
