using System.Diagnostics;
using Intercept.Capture.Ebpf.Pinning;
using Intercept.Capture.Execution;
using Intercept.Linux;
using Intercept.Linux.Bpf;

namespace Intercept.Capture.Ebpf.Probing;

/// <summary>
/// Whether eBPF captures here, shown by real connections in a scratch cgroup and in network namespaces that exist for this
/// alone. Nothing of it is pinned, and nothing stays.
/// </summary>
internal sealed class EbpfProbe
{
    /// <summary>Inbound needs it too: it registers the proxy's listener.</summary>
    internal const string ListenerProgram = "hand_over";

    private readonly EbpfProbeSettings _settings;
    private readonly EbpfReport _report = new();

    private EbpfProbe(EbpfProbeSettings settings) => _settings = settings;

    /// <exception cref="OperationCanceledException">Everything is removed before it is thrown.</exception>
    public static async Task<EbpfFindings> RunAsync(EbpfProbeSettings settings, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        var probe = new EbpfProbe(settings);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(settings.Timeout);
        try
        {
            await probe.RunAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            probe._report.Rest(EbpfReason.ProbeFailed, $"the probe did not end in {settings.Timeout.TotalSeconds:0.#}s");
        }
        catch (Exception failure) when (failure is CaptureException or BpfException)
        {
            probe._report.Rest(EbpfReason.ProbeFailed, failure.Message);
        }

        return probe._report.ToFindings(Stopwatch.GetElapsedTime(started));
    }

    private async Task RunAsync(CancellationToken cancellation)
    {
        if (!Prerequisites.Look(_settings, _report))
        {
            return;
        }

        LookForObstacles();
        if (!_report.AnyIsOpen)
        {
            // Whether the rest would do is worth knowing all the same.
            Load(0)?.Dispose();
            return;
        }

        await using var scene = await ScratchScene.SetAsync(_settings, cancellation);
        if (scene.Cookie is not { } cookie)
        {
            _report.Rest(EbpfReason.NoNetnsCookie, "this kernel does not number its network namespaces (SO_NETNS_COOKIE): eBPF capture needs 5.15 or later");
            return;
        }

        using var loaded = Load(cookie);
        if (loaded is not null && _report.AnyIsOpen)
        {
            var programs = _report.OutboundIsOpen ? CaptureObject.OutboundPrograms : [ListenerProgram];
            await scene.PlayAsync(loaded, programs, _report, cancellation);
        }
    }

    /// <summary>What stands in the way before anything is loaded.</summary>
    private void LookForObstacles()
    {
        using var opened = Open(0, _report.Both);
        if (opened is null)
        {
            return;
        }

        LookForForeignPrograms(opened);
        var maps = new PinLayout(_settings.Bpffs).Maps;
        if (opened.PinnedDifferences(maps) is { Count: > 0 } differences)
        {
            _report.Both(
                EbpfReason.OldObject,
                $"maps of another layout are pinned in {maps}: {string.Join("; ", differences)}. Remove them with the intercept-init that made them (uninstall)");
        }
    }

    private void LookForForeignPrograms(BpfObject opened)
    {
        var inTheWay = CaptureObject.OutboundPrograms
            .Select(program => (Program: program, Sentence: ForeignPrograms.InTheWayOf(program, opened, _settings.Cgroup)))
            .Where(found => found.Sentence is not null)
            .ToList();
        if (inTheWay.Count > 0)
        {
            _report.Outbound(EbpfReason.ForeignProgram, string.Join("; ", inTheWay.Select(found => found.Sentence)));
        }

        if (inTheWay.Find(found => found.Program == ListenerProgram).Sentence is { } sentence)
        {
            _report.Inbound(EbpfReason.ForeignProgram, sentence);
        }
    }

    /// <returns>The object with every program in the kernel, or with those of the one direction that it takes; null for none.</returns>
    private BpfObject? Load(ulong cookie)
    {
        if (TryLoad(cookie, null, (_, _) => { }) is { } all)
        {
            return all;
        }

        // Which of the two directions is it that the kernel does not take?
        var outbound = TryLoad(cookie, CaptureObject.OutboundPrograms, _report.Outbound);
        var inbound = TryLoad(cookie, [ListenerProgram, CaptureObject.InboundProgram], _report.Inbound);
        if (outbound is not null && inbound is not null)
        {
            _report.Inbound(EbpfReason.ProbeFailed, "the kernel takes the programs of each direction alone, and not of both together");
            inbound.Dispose();
        }

        return outbound ?? inbound;
    }

    private BpfObject? TryLoad(ulong cookie, IReadOnlyList<string>? programs, Action<EbpfReason, string> say)
    {
        // Why it does not open was told when it was first opened.
        var opened = Open(cookie, (_, _) => { });
        try
        {
            if (programs is not null)
            {
                opened?.KeepPrograms([.. programs]);
            }

            opened?.Load();
            (var loaded, opened) = (opened, null);
            return loaded;
        }
        catch (BpfException failure)
        {
            // Where the verifier spoke, its words are in the lines after the first.
            var refused = failure.Error == Errno.PermissionDenied && !failure.Message.Contains('\n', StringComparison.Ordinal);
            say(refused ? EbpfReason.BpfRefused : EbpfReason.VerifierRejection, failure.Message);
            return null;
        }
        finally
        {
            opened?.Dispose();
        }
    }

    private BpfObject? Open(ulong cookie, Action<EbpfReason, string> say)
    {
        try
        {
            return _settings.Image.Open(cookie);
        }
        catch (BpfException failure)
        {
            say(EbpfReason.BadObject, failure.Message);
            return null;
        }
    }
}
