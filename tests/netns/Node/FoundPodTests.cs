using System.Globalization;
using Intercept.Tests.Netns.Capture.Lifecycle;
using Intercept.Tests.Netns.Capture.World;
using Intercept.Tests.Netns.Ebpf;

namespace Intercept.Tests.Netns.Node;

/// <summary>Pods that were there before the plugin: known by their uid in the name of a cgroup, as kubelets give it.</summary>
public sealed class FoundPodTests
{
    private const string Uid = "5f0f2f37-1111-4000-8000-0123456789ab";

    [SkippableFact]
    public async Task A_pod_that_nobody_captured_is_captured_in_place()
    {
        Skip.If(ControlGroups.Mount() is null, "cgroup v2 is not mounted here");
        await using var scene = await NodeScene.OpenAsync();
        Assert.All((await scene.World.SendAsync(CaptureScene.Outbound)).Values, answer => Assert.NotEqual("pod:15001", answer.By));
        await using var cgroup = await PodCgroup.CreateAsync(Uid, scene.World.Pod.ProcessId);
        await scene.WriteManifestAsync(uid: Uid);

        await scene.StartAsync();

        var pod = await scene.UntilPodAsync(pod => $"{pod["state"]}" == "captured");
        Assert.Equal((Uid, "1"), ($"{pod["uid"]}", $"{pod["repairs"]}"));
        Assert.StartsWith("found uncaptured; ", $"{pod["reason"]}", StringComparison.Ordinal);
        Assert.All((await scene.World.SendAsync(CaptureScene.Outbound)).Values, answer => Assert.Equal("pod:15001", answer.By));
        Assert.Contains("shop/web is not captured and should be", scene.Agent.Said, StringComparison.Ordinal);
        Assert.Equal(0, await scene.Agent.StopAsync());
        var released = await scene.UninstallAsync("--pods-too");
        Assert.True(released.ExitCode == 0, released.Said);
    }

    [SkippableFact]
    public async Task Without_repair_it_is_named_and_left()
    {
        Skip.If(ControlGroups.Mount() is null, "cgroup v2 is not mounted here");
        await using var scene = await NodeScene.OpenAsync();
        var before = await scene.World.SnapshotAsync();
        await using var cgroup = await PodCgroup.CreateAsync(Uid.Replace('1', '2'), scene.World.Pod.ProcessId);
        await scene.WriteManifestAsync(uid: Uid.Replace('1', '2'));

        await scene.StartAsync("--no-repair");

        await scene.UntilPodAsync(pod => $"{pod["state"]}" == "uncaptured");
        Assert.Equal(before, await scene.World.SnapshotAsync());
        Assert.Equal(95, (await scene.NodeAsync("status", "--state-dir", scene.State)).ExitCode);
    }

    /// <summary>A cgroup named for a pod, with a process in it that goes back where it was.</summary>
    private sealed class PodCgroup : IAsyncDisposable
    {
        private readonly string _path;
        private readonly string _before;
        private readonly string _process;

        private PodCgroup(string path, string before, string process) => (_path, _before, _process) = (path, before, process);

        public static async Task<PodCgroup> CreateAsync(string uid, int process)
        {
            var mount = ControlGroups.Mount()!;
            var own = (await File.ReadAllLinesAsync($"/proc/{process}/cgroup")).First(line => line.StartsWith("0::", StringComparison.Ordinal))[3..];
            var path = Path.Combine(mount, string.Create(CultureInfo.InvariantCulture, $"icept-{Environment.ProcessId}-pod{uid.Replace('-', '_')}.slice"));
            var cgroup = new PodCgroup(path, mount + own, process.ToString(CultureInfo.InvariantCulture));
            Directory.CreateDirectory(path);
            await MoveAsync(cgroup._process, path);
            return cgroup;
        }

        public async ValueTask DisposeAsync()
        {
            await MoveAsync(_process, _before);
            Directory.Delete(_path);
        }

        private static Task<string> MoveAsync(string process, string cgroup) =>
            Programs.MustAsync("sh", "-euc", $"echo {process} > '{cgroup}/cgroup.procs'");
    }
}
