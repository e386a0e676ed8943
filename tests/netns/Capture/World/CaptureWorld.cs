using System.Collections.Immutable;
using System.Globalization;
using Intercept.Tests.Cases;

namespace Intercept.Tests.Netns.Capture.World;

/// <summary>The world of <see cref="CaseWorld"/> in the kernel: three namespaces, a probe in each, and intercept-init in the pod.</summary>
internal sealed class CaptureWorld : IAsyncDisposable
{
    // Of every world: a record is called by its namespace.
    private static readonly string _state = Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"icept-records-{Environment.ProcessId}"));

    private static int _count;
    private static int _alive;

    private readonly string _name;
    private readonly string _directory;

    private CaptureWorld(string name)
    {
        Interlocked.Increment(ref _alive);
        _name = name;
        _directory = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), name)).FullName;
    }

    public ProbeAgent Pod { get; private set; } = null!;

    public ProbeAgent Peer { get; private set; } = null!;

    public ProbeAgent Guest { get; private set; } = null!;

    /// <summary>Enters the pod: its network, and its /etc/resolv.conf and /etc/group.</summary>
    public ImmutableArray<string> Enter =>
    [
        $"--net=/run/netns/{_name}-pod", string.Create(CultureInfo.InvariantCulture, $"--mount=/proc/{Pod.ProcessId}/ns/mnt"), "--",
    ];

    public string PodNamespace => $"/run/netns/{_name}-pod";

    /// <param name="proxy">Whether somebody stands on the proxy's ports.</param>
    /// <param name="beforeListening">What has to be there before the pod's listeners are.</param>
    public static async Task<CaptureWorld> CreateAsync(bool proxy = true, Func<CaptureWorld, Task>? beforeListening = null)
    {
        // Digits other than the pid would look like another pid to whoever searches for what was left behind.
        var number = Interlocked.Increment(ref _count);
        var letters = $"{(char)('a' + (number / 26 / 26))}{(char)('a' + (number / 26 % 26))}{(char)('a' + (number % 26))}";
        var world = new CaptureWorld(string.Create(CultureInfo.InvariantCulture, $"icept-capture-{Environment.ProcessId}-{letters}"));
        try
        {
            await Programs.MustAsync(Path.Combine(Checkout.Probe, "world"), "up", world._name);
            await world.StartAsync(proxy, beforeListening);
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }

        return world;
    }

    public Task SetResolvConfAsync(string text) => File.WriteAllTextAsync(Path.Combine(_directory, "resolv.conf"), text);

    /// <summary>Runs a program in the pod, with these variables and no others.</summary>
    public Task<Finished> RunInPodAsync(IEnumerable<string> command, IEnumerable<KeyValuePair<string, string>>? environment = null,
        string input = "", Action<int>? started = null) =>
        Programs.RunAsync("nsenter", [.. Enter, .. Clean(environment ?? []), .. command], input, started);

    public Task<Finished> InitAsync(IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string>>? environment = null,
        Action<int>? started = null) => RunInPodAsync([Checkout.Init, .. arguments], environment, "", started);

    public async Task<string> MustInPodAsync(string command)
    {
        var finished = await RunInPodAsync(["sh", "-euc", command]);
        Assert.True(finished.ExitCode == 0, $"{command}: {finished.Said}");
        return finished.Output;
    }

    /// <summary>Rules of every backend, ip rules, routes and addresses: all that an install may touch.</summary>
    public async Task<string> SnapshotAsync() => (string)(await Pod.AskAsync("snapshot"))["text"]!;

    public async Task UntilOnlyTheProbeRunsAsync()
    {
        var own = string.Create(CultureInfo.InvariantCulture, $"{Pod.ProcessId}\n");
        for (var attempt = 0; attempt < 500; attempt++)
        {
            if (await Programs.MustAsync("ip", "netns", "pids", $"{_name}-pod") == own)
            {
                return;
            }

            await Task.Delay(10);
        }

        throw new TimeoutException($"something goes on running in {_name}-pod");
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            foreach (var agent in new[] { Pod, Peer, Guest })
            {
                if (agent is not null)
                {
                    await agent.DisposeAsync();
                }
            }
        }
        finally
        {
            await Programs.MustAsync(Path.Combine(Checkout.Probe, "world"), "down", _name);
            Directory.Delete(_directory, recursive: true);

            // Worlds live side by side, and a record is one of them's: the last to go takes all.
            if (Interlocked.Decrement(ref _alive) == 0 && Directory.Exists(_state))
            {
                Directory.Delete(_state, recursive: true);
            }
        }
    }

    internal static IEnumerable<string> Clean(IEnumerable<KeyValuePair<string, string>> environment) =>
        ["env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", $"INTERCEPT_STATE_DIR={_state}", .. environment.Select(variable => $"{variable.Key}={variable.Value}")];

    private async Task StartAsync(bool proxy, Func<CaptureWorld, Task>? beforeListening)
    {
        var resolv = Path.Combine(_directory, "resolv.conf");
        var group = Path.Combine(_directory, "group");
        await SetResolvConfAsync($"nameserver {CaseWorld.Resolver.IPv4}\nnameserver {CaseWorld.Resolver.IPv6}\n");
        await File.WriteAllTextAsync(group, "root:x:0:\nproxied:x:2001:\n");
        Pod = ProbeAgent.Start($"{_name}-pod", "pod", ("/etc/resolv.conf", resolv), ("/etc/group", group));
        Peer = ProbeAgent.Start($"{_name}-peer", "peer");
        Guest = ProbeAgent.Start($"{_name}-guest", "guest");
        if (beforeListening is not null)
        {
            await beforeListening(this);
        }

        await Pod.AskAsync("listen", WorldPorts.OfPod(proxy));
        await Peer.AskAsync("listen", WorldPorts.Of(CaseWorld.PeerInterface));
        await Guest.AskAsync("listen", WorldPorts.Of(CaseWorld.GuestInterface));
    }
}
