using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Intercept.Tests.Netns.Cni;

public sealed class KilledTests
{
    private const int Points = 12;

    [Theory]
    [InlineData("DEL")]
    [InlineData("GC")]
    public async Task What_a_killed_ADD_left_is_removed(string verb)
    {
        await using var scene = await CniScene.OpenAsync();
        var before = await scene.World.SnapshotAsync();
        var started = Stopwatch.GetTimestamp();
        await scene.Call.MustAsync("ADD");
        var lasts = Stopwatch.GetElapsedTime(started);
        await scene.Call.MustAsync("DEL");
        for (var point = 0; point < Points; point++)
        {
            await KillAfterAsync(scene, lasts * point / Points);
            await (verb == "GC" ? scene.Call.With("cni.dev/valid-attachments", new JsonArray()) : scene.Call).MustAsync(verb);
            await scene.IsBareAsync(before);
        }

        await scene.Call.MustAsync("ADD");
        await scene.IsCapturedAsync();
    }

    private static async Task KillAfterAsync(CniScene scene, TimeSpan delay)
    {
        Process? running = null;
        var adding = scene.Call.SendAsync("ADD", started: process => running = Process.GetProcessById(process));
        await Task.Delay(delay);
        try
        {
            running!.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended.
        }

        await adding;
        running!.Dispose();

        // Its last tool ends by itself, and DEL comes when the runtime has seen that.
        await scene.World.UntilOnlyTheProbeRunsAsync();
    }
}
