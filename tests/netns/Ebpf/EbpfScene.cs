using System.Globalization;
using System.Text.Json.Nodes;
using Intercept.Capture.Ebpf.Pinning;
using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Ebpf;

/// <summary>
/// A world of its own for one test, where intercept-init installs eBPF capture: the pod's processes in a scratch cgroup, and a bpffs of
/// the test's own. Somebody listens on the proxy's ports before anything is installed.
/// </summary>
internal sealed class EbpfScene : IAsyncDisposable
{
    public static readonly string[] Everything = ["-i", "*", "-b", "*", "-d", "15090,15021,15020", "-o", "7"];

    private readonly string _state = Directory.CreateTempSubdirectory("icept-state-").FullName;

    public CaptureWorld World { get; private set; } = null!;

    public ControlGroups Groups { get; private set; } = null!;

    public PinFolder Pins { get; private set; } = null!;

    public PinLayout Layout => new(Pins.Path);

    public static async Task<EbpfScene> OpenAsync(bool proxy = true)
    {
        EbpfWorld.Need();
        var scene = new EbpfScene();
        try
        {
            // Before the pod has mounts of its own.
            scene.Pins = await PinFolder.MountAsync(Path.GetFileName(scene._state));
            scene.World = await CaptureWorld.CreateAsync(proxy, async world =>
            {
                var name = Path.GetFileName(world.PodNamespace).Replace("icept-capture", "icept-ebpf", StringComparison.Ordinal);
                scene.Groups = ControlGroups.Create(name);
                await scene.EnterAsync(world.Pod.ProcessId);

                // For the guest of other tests; what a pod forwards passes none of its sockets.
                await world.MustInPodAsync("echo 0 > /proc/sys/net/ipv4/ip_forward; echo 0 > /proc/sys/net/ipv6/conf/all/forwarding");
            });
            return scene;
        }
        catch
        {
            await scene.DisposeAsync();
            throw;
        }
    }

    /// <summary>Moves a process into the application's cgroup.</summary>
    public Task EnterAsync(int process) =>
        File.WriteAllTextAsync(Path.Combine(Groups.App, "cgroup.procs"), process.ToString(CultureInfo.InvariantCulture));

    public Task<Finished> InitAsync(IEnumerable<string> arguments, Action<int>? started = null) => World.InitAsync(
        [.. arguments, "--cgroup", Groups.Root, "--bpffs", Pins.Path, "--state-dir", _state], started: started);

    /// <summary>Runs install, which must succeed.</summary>
    public async Task<string> InstallAsync(params IEnumerable<string> arguments)
    {
        var finished = await InitAsync(["install", "--backend", "ebpf", .. arguments]);
        Assert.True(finished.ExitCode == 0, finished.Said);
        return finished.Error;
    }

    public async Task<string> UninstallAsync()
    {
        var finished = await InitAsync(["uninstall"]);
        Assert.True(finished.ExitCode == 0, finished.Said);
        return finished.Error;
    }

    public async Task<JsonNode> StatusAsync() => JsonNode.Parse((await InitAsync(["status", "--output", "json"])).Output)!;

    /// <summary>All that an install may touch: rules and routing of the pod, pins, cgroups, records.</summary>
    public async Task<string> SnapshotAsync() => $"""
        {await World.SnapshotAsync()}
        == pins
        {string.Join('\n', Directory.EnumerateFileSystemEntries(Pins.Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))}
        == cgroups
        {string.Join('\n', Directory.EnumerateDirectories(Groups.Root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))}
        == records
        {string.Join('\n', Directory.Exists(_state) ? Directory.EnumerateFiles(_state) : [])}
        """;

    public async ValueTask DisposeAsync()
    {
        if (World is not null)
        {
            await World.DisposeAsync();
        }

        if (Pins is not null)
        {
            await Pins.DisposeAsync();
        }

        Groups?.Dispose();
        if (Directory.Exists(_state))
        {
            Directory.Delete(_state, recursive: true);
        }
    }
}
