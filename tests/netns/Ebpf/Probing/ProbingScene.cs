using System.Globalization;
using System.Text.Json;
using Intercept.Capture.Ebpf.Pinning;
using Intercept.Capture.Ebpf.Probing;
using Intercept.Capture.Verification;
using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Ebpf.Probing;

/// <summary>A cgroup to be probed with one above it, and a bpffs; nothing may stay in either.</summary>
internal sealed class ProbingScene : IAsyncDisposable
{
    private static int _count;

    private readonly PinFolder _pins;

    private ProbingScene(string above, PinFolder pins)
    {
        Above = above;
        _pins = pins;
    }

    public string Above { get; }

    public string Cgroup => Path.Combine(Above, "probed");

    public string Bpffs => _pins.Path;

    public string Maps => new PinLayout(Bpffs).Maps;

    // Under an emulated kernel (tests/run --kernels) and beside others the probe takes longer than it has by default.
    public EbpfProbeSettings Settings => new()
    {
        Self = new SelfCommand(Checkout.Init, []),
        Cgroup = Cgroup,
        Bpffs = Bpffs,
        Timeout = TimeSpan.FromSeconds(60),
    };

    public static async Task<ProbingScene> CreateAsync()
    {
        EbpfWorld.Need();
        var name = string.Create(CultureInfo.InvariantCulture, $"icept-ebpf-{Environment.ProcessId}-probing-{Interlocked.Increment(ref _count)}");
        var scene = new ProbingScene(Path.Combine(ControlGroups.Mount()!, name), await PinFolder.MountAsync(name));
        Directory.CreateDirectory(scene.Cgroup);
        Directory.CreateDirectory(scene.Maps);
        return scene;
    }

    public Task<EbpfFindings> ProbeAsync(EbpfProbeSettings? settings = null) => EbpfProbe.RunAsync(settings ?? Settings, CancellationToken.None);

    /// <summary>The probe in a process of its own, which <paramref name="before"/> takes something away from.</summary>
    public async Task<EbpfFindings> ProbeUnderAsync(params string[] before)
    {
        string[] line = [.. before, Checkout.Init, "probe", "ebpf", Cgroup, Bpffs, "-"];
        var said = await Programs.MustAsync(line[0], line[1..]);
        using var answer = JsonDocument.Parse(said);
        return new EbpfFindings(Finding("outbound"), Finding("inbound"), default);

        EbpfFinding Finding(string direction) => new(
            [.. answer.RootElement.GetProperty(direction).GetProperty("reasons").EnumerateArray().Select(reason => new EbpfAnswer(
                Enum.GetValues<EbpfReason>().Single(value => new EbpfAnswer(value, "").Label == reason.GetProperty("reason").GetString()),
                reason.GetProperty("detail").GetString()!))]);
    }

    public Task AttachAsync(string cgroup, string hook, int flags) => ObstructAsync("attach", cgroup, hook, $"{flags}");

    public static Task ObstructAsync(params string[] what) =>
        Programs.MustAsync("python3", ["-B", Path.Combine(Checkout.Probe, "obstacles.py"), .. what]);

    /// <summary>The first reason of each direction; what else was found is in the failure.</summary>
    public static void AssertReasons(EbpfReason outbound, EbpfReason inbound, EbpfFindings findings) => Assert.True(
        (outbound, inbound) == (findings.Outbound.First.Reason, findings.Inbound.First.Reason),
        $"outbound, not {outbound}: {findings.Outbound}\ninbound, not {inbound}: {findings.Inbound}");

    /// <summary>No cgroup, no process, no link.</summary>
    public async Task AssertNothingIsLeftAsync()
    {
        Assert.Empty(Directory.GetDirectories(Cgroup));
        Assert.DoesNotContain("icept-probe", await Programs.MustAsync("ip", "-br", "link"), StringComparison.Ordinal);
        Assert.Empty(OwnChildren());
    }

    // Other tests install meanwhile, and their probes are their own business.
    private static IEnumerable<string> OwnChildren() => Children(directory => ParentOf(directory) is 1 || ParentOf(directory) == Environment.ProcessId);

    /// <summary>The probe's children, of this checkout's program.</summary>
    public static IEnumerable<string> Children() => Children(_ => true);

    private static IEnumerable<string> Children(Func<string, bool> which) => Directory.EnumerateDirectories("/proc")
        .Where(directory => char.IsAsciiDigit(Path.GetFileName(directory)[0]) && which(directory))
        .Select(CommandLine)
        .Where(line => line.Contains($"{Checkout.Init}\0probe\0scratch\0", StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        foreach (var directory in Directory.GetDirectories(Cgroup).Append(Cgroup).Append(Above))
        {
            Directory.Delete(directory);
        }

        await _pins.DisposeAsync();
    }

    // "pid (name) state parent ...", and a name may hold anything.
    private static int ParentOf(string directory)
    {
        try
        {
            var status = File.ReadAllText(Path.Combine(directory, "stat"));
            return int.Parse(status[(status.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            // It ended.
            return 0;
        }
    }

    private static string CommandLine(string directory)
    {
        try
        {
            return File.ReadAllText(Path.Combine(directory, "cmdline"));
        }
        catch (IOException)
        {
            // It ended.
            return "";
        }
    }
}
