using System.Diagnostics;
using Intercept.Capture.Ebpf;

namespace Intercept.Tests.Netns.Ebpf;

/// <summary>What is in force is what was before or what was asked for, whatever is cut off or runs beside it.</summary>
public sealed class InterruptedInstallTests
{
    private const int Points = 24;
    private static readonly string[] _old = ["-i", "10.96.0.0/16", "-b", "8080,9090", "-u", "1338"];
    private static readonly string[] _new = EbpfScene.Everything;

    [SkippableFact]
    public async Task Killed_anywhere_leaves_the_old_rules_or_the_new()
    {
        await using var scene = await EbpfScene.OpenAsync();
        var bare = await scene.SnapshotAsync();
        await scene.InstallAsync(_old);
        var before = InForce(scene);
        var started = Stopwatch.GetTimestamp();
        await scene.InstallAsync(_new);
        var lasts = Stopwatch.GetElapsedTime(started);
        var after = InForce(scene);
        var random = new Random(before.GetHashCode(StringComparison.Ordinal));
        var (olds, news) = (0, 0);
        for (var point = 0; point < Points; point++)
        {
            await scene.InstallAsync(_old);
            Assert.Equal(before, InForce(scene));
            var delay = lasts * ((point + random.NextDouble()) / Points * 1.1);
            await KillAfterAsync(scene, delay);
            var now = InForce(scene);
            olds += now == before ? 1 : 0;
            news += now == after ? 1 : 0;
            Assert.True(now == before || now == after, $"killed after {delay}, neither the old nor the new is in force:\n{now}");
        }

        Assert.True(olds > 0 && news > 0, $"every kill was too late or too early to say anything: {olds} old, {news} new");
        await scene.InstallAsync(_new);
        Assert.Equal(after, InForce(scene));
        Assert.Empty(Directory.GetDirectories(scene.Layout.Unsettled));
        await scene.UninstallAsync();
        Assert.Equal(bare, await scene.SnapshotAsync());
    }

    [SkippableFact]
    public async Task Killed_in_a_bare_pod_leaves_nothing_that_uninstall_does_not_remove()
    {
        await using var scene = await EbpfScene.OpenAsync();
        var bare = await scene.SnapshotAsync();
        for (var point = 0; point < Points; point++)
        {
            // The trial takes most of the time; what is pinned comes at the end.
            await KillAfterAsync(scene, TimeSpan.FromMilliseconds(25 * point));
            await scene.UninstallAsync();
            Assert.Equal(bare, await scene.SnapshotAsync());
        }
    }

    [SkippableFact]
    public async Task Two_installs_at_once_leave_one_of_the_two()
    {
        await using var scene = await EbpfScene.OpenAsync();
        var bare = await scene.SnapshotAsync();
        await scene.InstallAsync(_old);
        var one = InForce(scene);
        await scene.InstallAsync(_new);
        var other = InForce(scene);
        for (var round = 0; round < 6; round++)
        {
            await scene.UninstallAsync();
            await Task.WhenAll(scene.InstallAsync(_old), scene.InstallAsync(_new));
            var now = InForce(scene);
            Assert.True(now == one || now == other, $"a mixture:\n{now}");
        }

        await Task.WhenAll(scene.InstallAsync(_old), scene.UninstallAsync());
        await scene.UninstallAsync();
        Assert.Equal(bare, await scene.SnapshotAsync());
    }

    // The pod's entry and the rules under its number, which is not the same twice.
    private static string InForce(EbpfScene scene)
    {
        if (!Directory.Exists(scene.Layout.Maps))
        {
            return "nothing";
        }

        using var maps = EbpfMaps.OpenPinned(scene.Layout.Maps);
        if (maps.Pods.Keys() is not [var cookie] || !maps.Pods.TryGet(cookie, out var pod))
        {
            return "nothing";
        }

        var rules = maps.Ports.Keys().Where(rule => rule.Pod == pod.Id).Select(rule => rule.ToString())
            .Concat(maps.Ranges.Keys().Where(rule => rule.Pod == pod.Id).Select(rule => rule.ToString()))
            .Concat(maps.Owners.Keys().Where(rule => rule.Pod == pod.Id).Select(rule => rule.ToString()));
        return string.Join('\n', rules.Order(StringComparer.Ordinal).Prepend($"{pod.Flags} {pod.OutboundPort} {pod.InboundPort}"));
    }

    private static async Task KillAfterAsync(EbpfScene scene, TimeSpan delay)
    {
        Process? running = null;
        var install = scene.InitAsync(["install", "--backend", "ebpf", .. _new], started: id => running = Process.GetProcessById(id));
        await Task.Delay(delay);
        try
        {
            running!.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended.
        }

        await install;
        running!.Dispose();
        await scene.World.UntilOnlyTheProbeRunsAsync();
    }
}
