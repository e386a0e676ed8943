using System.Collections.Immutable;
using System.Globalization;
using Intercept.Capture.Configuration;
using Intercept.Capture.Execution;
using Intercept.Linux;
using Intercept.Linux.Bpf;
using Intercept.Linux.Processes;

namespace Intercept.Capture.Ebpf.Probing;

/// <summary>
/// The scratch cgroup and the children of a probe. With CAP_SYS_ADMIN a pod and a peer stand in network namespaces of their own, joined
/// by a link; without, the pod stands in this process's namespace, where the programs concern nobody outside the scratch cgroup.
/// </summary>
internal sealed class ScratchScene : IAsyncDisposable
{
    private readonly string _token = $"{Guid.NewGuid():N}";

    private ScratchCgroup _cgroup = null!;
    private ScratchProcess _pod = null!;
    private ScratchProcess? _peer;
    private Task<string> _linked = Task.FromResult("");
    private string _ownBecause = "";

    private ScratchScene()
    {
    }

    /// <summary>Of the pod's network namespace; null in a kernel that does not number them.</summary>
    public ulong? Cookie { get; private set; }

    /// <exception cref="CaptureException">It cannot be set.</exception>
    public static async Task<ScratchScene> SetAsync(EbpfProbeSettings settings, CancellationToken cancellation)
    {
        var scene = new ScratchScene();
        try
        {
            await scene.StartAsync(settings, cancellation);
            return scene;
        }
        catch
        {
            await scene.DisposeAsync();
            throw;
        }
    }

    /// <summary>Attaches the programs, connects, and says of each direction that is open what became of it.</summary>
    /// <param name="programs">Those of the cgroup.</param>
    public async Task PlayAsync(BpfObject loaded, IReadOnlyList<string> programs, EbpfReport report, CancellationToken cancellation)
    {
        var links = new List<BpfLink>();
        try
        {
            using var maps = new EbpfMaps(loaded);
            if (!Attach(loaded, programs, links, report))
            {
                return;
            }

            _cgroup.Move(_pod.Id);
            await ConnectAsync(maps, report, cancellation);
        }
        finally
        {
            links.ForEach(link => link.Dispose());
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAny(_linked);
        if (_peer is not null)
        {
            await _peer.DisposeAsync();
        }

        if (_pod is not null)
        {
            await _pod.DisposeAsync();
        }

        if (_cgroup is not null)
        {
            await _cgroup.DisposeAsync();
        }
    }

    private static ulong? CookieOf(string line) =>
        ulong.TryParse(line.AsSpan(line.IndexOf(' ') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var cookie) ? cookie : null;

    private async Task StartAsync(EbpfProbeSettings settings, CancellationToken cancellation)
    {
        _cgroup = await ScratchCgroup.CreateAsync(settings.ScratchParent ?? settings.Cgroup);
        _ownBecause = ScratchNetwork.Lacking(new ToolRunner(settings.SearchPath, null)) ?? "";
        if (_ownBecause.Length == 0)
        {
            _pod = ScratchProcess.Start(settings.Self, ScratchNetwork.Unshare, _token);
            _peer = ScratchProcess.Start(settings.Self, ScratchNetwork.Unshare, _token);
            try
            {
                Cookie = CookieOf(await _pod.ReadAsync(cancellation));
                await _peer.ReadAsync(cancellation);
                _linked = ScratchNetwork.LinkAsync(_pod.Id, _peer.Id, settings.SearchPath, cancellation);
                return;
            }
            catch (CaptureException refused)
            {
                // A seccomp filter may refuse what the capability allows.
                _ownBecause = refused.Message;
                await _peer.DisposeAsync();
                await _pod.DisposeAsync();
                _peer = null;
            }
        }

        _pod = ScratchProcess.Start(settings.Self, null, _token);
        Cookie = CookieOf(await _pod.ReadAsync(cancellation));
    }

    private bool Attach(BpfObject loaded, IReadOnlyList<string> programs, List<BpfLink> links, EbpfReport report)
    {
        // Outbound needs them all, inbound the one that registers the listener.
        foreach (var program in programs.Where(program => report.OutboundIsOpen || program == EbpfProbe.ListenerProgram))
        {
            try
            {
                links.Add(loaded.Attach(program, _cgroup.Handle));
            }
            catch (BpfException refused)
            {
                Refuse(program, refused, report);
            }
        }

        if (report.InboundIsOpen)
        {
            try
            {
                using var netns = AdvisoryLock.Open(string.Create(CultureInfo.InvariantCulture, $"/proc/{_pod.Id}/ns/net"));
                links.Add(loaded.Attach(CaptureObject.InboundProgram, netns));
            }
            catch (BpfException refused)
            {
                report.Inbound(Reason(refused), $"{refused.Message} to a network namespace");
            }
        }

        return report.AnyIsOpen;
    }

    private void Refuse(string program, BpfException refused, EbpfReport report)
    {
        var detail = refused.Error == Errno.PermissionDenied
            ? $"{refused.Message} to {_cgroup.Directory}: a program above it, where this process cannot look, allows no other below it (it lacks BPF_F_ALLOW_MULTI)"
            : refused.Message;
        if (report.OutboundIsOpen)
        {
            report.Outbound(Reason(refused), detail);
        }

        if (report.InboundIsOpen && program == EbpfProbe.ListenerProgram)
        {
            report.Inbound(Reason(refused), detail);
        }
    }

    private static EbpfReason Reason(BpfException refused) => refused.Error switch
    {
        Errno.PermissionDenied => EbpfReason.ForeignProgram,
        Errno.NoEntry => EbpfReason.BadObject,
        _ => EbpfReason.ProbeFailed,
    };

    private async Task ConnectAsync(EbpfMaps maps, EbpfReport report, CancellationToken cancellation)
    {
        var complaint = await _linked;
        var configuration = new CaptureConfiguration { CaptureAllOutbound = true, CaptureAllInbound = _peer is not null };
        maps.Enrol(Cookie!.Value, EbpfPlan.Create(configuration, 1, [], ImmutableDictionary<string, uint>.Empty));
        var (ports, families) = await ListenAsync(configuration, cancellation);
        if (!ports.Contains(configuration.OutboundPort))
        {
            // Somebody has the port: in this process's own namespace that may well be the proxy.
            configuration = configuration with { OutboundPort = ports[0] };
            maps.Enrol(Cookie.Value, EbpfPlan.Create(configuration, 2, [], ImmutableDictionary<string, uint>.Empty));
        }

        var connections = new ScratchConnections(families, complaint, cancellation);
        if (report.OutboundIsOpen)
        {
            var failure = await connections.OutboundAsync(_pod, configuration.OutboundPort);
            var where = _ownBecause.Length == 0
                ? "a scratch cgroup and network namespace"
                : $"a scratch cgroup, in this network namespace ({_ownBecause})";
            Say(report.Outbound, EbpfReason.Works, failure, $"connections from {where} reached the proxy's port and kept their destination ({connections.Families})");
        }

        if (report.InboundIsOpen && _peer is not null)
        {
            var failure = await connections.InboundAsync(_peer, configuration.InboundPort);
            Say(report.Inbound, EbpfReason.Works, failure, $"connections from another network namespace reached the proxy's port with their destination as local address ({connections.Families})");
        }
        else if (report.InboundIsOpen)
        {
            report.Inbound(EbpfReason.Attaches, $"the kernel took the programs and attached them; no connection could show it: {_ownBecause}");
        }
    }

    private async Task<(IReadOnlyList<ushort> Ports, string Families)> ListenAsync(CaptureConfiguration configuration, CancellationToken cancellation)
    {
        // In a namespace of its own the two are free, and everywhere is nowhere. In this process's others could call.
        var where = _peer is not null ? ScratchChild.Everywhere : ScratchChild.OnLoopback;
        ushort[] wanted = _peer is not null ? [configuration.OutboundPort, configuration.InboundPort] : [configuration.OutboundPort, 25001, 35001, 45001];
        _pod.Write($"listen {where} {string.Join(',', wanted)}");
        var ready = (await _pod.ReadAsync(cancellation)).Split(' ');
        if (ready is not [_, { Length: > 0 } taken, var families] || (_peer is not null && taken.Split(',').Length < wanted.Length))
        {
            throw new CaptureException($"the probe cannot listen at its ports ({string.Join(", ", wanted)}){await _linked}");
        }

        return ([.. taken.Split(',').Select(port => ushort.Parse(port, CultureInfo.InvariantCulture))], families);
    }

    private static void Say(Action<EbpfReason, string> say, EbpfReason reason, string? failure, string success) =>
        say(failure is null ? reason : EbpfReason.NotCaptured, failure ?? success);
}
