using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Capture.Lifecycle;

public sealed class XtablesLockTests
{
    private static readonly string[] _arguments = ["install", .. CaptureScene.Everything, .. CaptureBackend.IptablesLegacy.Flags()];

    [SkippableFact]
    public async Task A_held_xtables_lock_is_waited_for_with_a_limit_and_its_holder_is_named()
    {
        await using var scene = await CaptureScene.OpenAsync(CaptureBackend.IptablesLegacy);
        var file = Path.GetTempFileName();
        var environment = new Dictionary<string, string> { ["XTABLES_LOCKFILE"] = file };
        var before = await scene.World.SnapshotAsync();
        await using var holder = await LockHolder.StartAsync(file);
        var refused = await scene.World.InitAsync([.. _arguments, "--lock-timeout", "1s"], environment);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains($"the xtables lock {file} is held by {holder.Name}", refused.Error, StringComparison.Ordinal);
        Assert.Contains("waited 1s (--lock-timeout)", refused.Error, StringComparison.Ordinal);
        Assert.Equal(RulesOf(before), RulesOf(await scene.World.SnapshotAsync()));

        var waiting = scene.World.InitAsync(_arguments, environment);
        await Task.Delay(500);
        Assert.False(waiting.IsCompleted);
        await holder.DisposeAsync();
        var installed = await waiting;
        Assert.True(installed.ExitCode == 0, installed.Said);
        Assert.Contains($"waiting for the xtables lock {file}: held by {holder.Name}", installed.Error, StringComparison.Ordinal);
        File.Delete(file);
    }

    // The address that the rules rely on comes before them, and stays for the next attempt or for uninstall.
    private static string RulesOf(string snapshot) => snapshot[..snapshot.IndexOf("== ip ", StringComparison.Ordinal)];
}
