using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Capture.Lifecycle;

public sealed class ConcurrentInstallTests
{
    private const int Rounds = 8;
    private static readonly string[] _one = ["-i", "10.96.0.0/16", "-b", "8080,9090", "-u", "1338"];
    private static readonly string[] _other = CaptureScene.Everything;

    public static TheoryData<CaptureBackend> Backends => CaptureBackends.All;

    [SkippableTheory]
    [MemberData(nameof(Backends))]
    public async Task Two_installs_at_once_leave_one_of_the_two(CaptureBackend backend)
    {
        await using var scene = await CaptureScene.OpenAsync(backend);
        var bare = await scene.World.SnapshotAsync();
        await scene.InstallAsync(_one);
        var afterOne = Rules(await scene.World.SnapshotAsync());
        await scene.InstallAsync(_other);
        var afterOther = Rules(await scene.World.SnapshotAsync());
        for (var round = 0; round < Rounds; round++)
        {
            await scene.UninstallAsync();
            await Task.WhenAll(scene.InstallAsync(_one), scene.InstallAsync(_other));
            var rules = Rules(await scene.World.SnapshotAsync());
            Assert.True(rules.SequenceEqual(afterOne) || rules.SequenceEqual(afterOther), $"a mixture:\n{string.Join('\n', rules)}");
        }

        await Task.WhenAll(scene.InstallAsync(_one), scene.UninstallAsync());
        await scene.UninstallAsync();
        Assert.Equal(bare, await scene.World.SnapshotAsync());
    }

    [SkippableFact]
    public async Task Two_installs_at_once_with_two_backends_leave_one_of_the_two()
    {
        await using var scene = await CaptureScene.OpenAsync(CaptureBackend.IptablesNft);
        for (var round = 0; round < Rounds; round++)
        {
            var other = scene.World.InitAsync(["install", .. _other, "--backend", "nftables"]);
            await scene.InstallAsync(_other);
            Assert.Equal(0, (await other).ExitCode);
            var snapshot = await scene.World.SnapshotAsync();
            var native = snapshot.Contains("table inet intercept_nat", StringComparison.Ordinal);
            var iptables = snapshot.Contains("-A INTERCEPT_OUTBOUND", StringComparison.Ordinal);
            Assert.True(native != iptables, snapshot);
        }
    }

    [SkippableFact]
    public async Task Who_waits_for_another_run_says_for_whom_and_gives_up_in_time()
    {
        await using var scene = await CaptureScene.OpenAsync(CaptureBackend.Nftables);
        await using var holder = await LockHolder.StartAsync(scene.World.PodNamespace);
        var refused = await scene.World.InitAsync(["install", .. _one, .. scene.Backend.Flags(), "--lock-timeout", "300ms"]);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(holder.Name, refused.Error, StringComparison.Ordinal);
        Assert.Contains("--lock-timeout", refused.Error, StringComparison.Ordinal);
        var waiting = scene.World.InitAsync(["install", .. _one, .. scene.Backend.Flags()]);
        await Task.Delay(300);
        Assert.False(waiting.IsCompleted);
        await holder.DisposeAsync();
        Assert.Equal(0, (await waiting).ExitCode);
    }

    private static List<string> Rules(string snapshot) =>
        [.. snapshot.Split('\n').Where(line => line.Contains("intercept: ", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
}
