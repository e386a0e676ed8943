using Intercept.Capture.Configuration;
using Intercept.Capture.Ebpf.Pinning;
using Intercept.Capture.Ebpf.Places;
using Intercept.Capture.Ebpf.Probing;
using Intercept.Capture.Execution;
using Intercept.Capture.Planning;
using Intercept.Capture.Verification;

namespace Intercept.Capture.Ebpf;

/// <summary>What this machine and this pod offer to eBPF, and what already stands. Asked for as far as it is needed, once.</summary>
internal sealed class EbpfSurvey(ApplySettings settings, SelfCommand self, Action<string> progress, TimeProvider time)
{
    private readonly ToolRunner _runner = new(settings.SearchPath, settings.NetworkNamespace);
    private NetworkNamespace? _pod;
    private (Cgroup? Found, string Reason)? _cgroup;
    private Cgroup? _container;

    public async Task<EbpfBackend> BackendAsync(CancellationToken cancellation) =>
        new(await PodAsync(cancellation), FindCgroup().Found, settings.Ebpf, settings.LockTimeout, progress, time);

    /// <returns>Null where no program of ours captures this pod.</returns>
    public async Task<EbpfBackend?> HoldingAsync(CancellationToken cancellation) =>
        Directory.Exists(new PinLayout(settings.Ebpf.Bpffs).Root) && await BackendAsync(cancellation) is { Holds: true } backend ? backend : null;

    /// <param name="rulesHold">Whether packet rules capture this pod.</param>
    /// <param name="mayTry">Whether a trial may be made: it changes nothing that is there, but it makes cgroups and namespaces of its own.</param>
    /// <exception cref="CaptureException">eBPF was asked for and cannot do it; with every reason.</exception>
    public async Task<EbpfDecision> DecideAsync(CapturePlan plan, bool rulesHold, bool mayTry, CancellationToken cancellation)
    {
        var choice = settings.Backend.Choice;
        if (!EbpfDecision.IsAsked(choice))
        {
            return EbpfDecision.Neither("packet rules were asked for");
        }

        var holds = await HoldingAsync(cancellation) is not null;
        var (cgroup, noCgroup) = FindCgroup();
        if (choice == BackendChoice.Auto && (cgroup is null || (rulesHold && !holds)))
        {
            return EbpfDecision.Neither(cgroup is null ? noCgroup : "an earlier install used packet rules here");
        }

        var pod = await PodAsync(cancellation);
        var outbound = EbpfPlan.Unsupported(plan.Configuration.OutboundOnly(), pod.Forwards, pod.Interfaces);
        var inbound = EbpfPlan.Unsupported(plan.Configuration.InboundOnly(), pod.Forwards, pod.Interfaces);
        if (choice == BackendChoice.Ebpf)
        {
            if (rulesHold && !holds)
            {
                throw new CaptureException("packet rules of an earlier install capture here, and eBPF does not take over from them: when they go the kernel forgets "
                    + "where it redirected the connections that are open, and their next packets would leave in the clear. "
                    + "Run intercept-init uninstall first, when the application may lose its connections.");
            }

            Refuse([.. cgroup is null ? [noCgroup] : Array.Empty<string>(), .. outbound.Union(inbound)]);
        }

        if (holds && outbound.IsEmpty && inbound.IsEmpty)
        {
            return EbpfDecision.Both("an earlier install used it here");
        }

        if (!mayTry || (settings.IsEbpfTried && choice == BackendChoice.Ebpf))
        {
            return choice == BackendChoice.Ebpf ? EbpfDecision.Both("it was asked for") : EbpfDecision.Neither("none of it is installed");
        }

        var findings = await TryAsync(cgroup!, cancellation);
        var decision = EbpfDecision.Of(outbound, inbound, findings);
        if (choice == BackendChoice.Ebpf)
        {
            decision = decision with { OutboundReason = $"it was asked for, and {decision.OutboundReason}" };
            Refuse([.. new[] { findings.Outbound, findings.Inbound }
                .Where(finding => !finding.IsUsable).SelectMany(finding => finding.Answers).Select(answer => answer.ToString()).Distinct()]);
        }

        return decision;
    }

    /// <summary>What a run left that was killed, in its trial or before the pod was enrolled.</summary>
    public async Task RemoveLeftoversAsync(CancellationToken cancellation)
    {
        if (Directory.Exists(new PinLayout(settings.Ebpf.Bpffs).Root))
        {
            await (await BackendAsync(cancellation)).ApplyAsync(null, force: false, cancellation);
        }

        if (settings.Ebpf.Cgroup is not null || settings.NetworkNamespace is null)
        {
            var pod = FindCgroup().Found;
            foreach (var parent in new[] { pod, _container }.OfType<Cgroup>())
            {
                await ScratchCgroup.RemoveLeftoversAsync(parent.Path);
            }
        }
    }

    private static void Refuse(IReadOnlyList<string> reasons)
    {
        if (reasons.Count > 0)
        {
            throw new CaptureException($"eBPF cannot capture as asked:\n{string.Concat(reasons.Select(reason => $"  {reason}\n"))}"
                + "With --backend auto, packet rules do what eBPF cannot.");
        }
    }

    private Task<EbpfFindings> TryAsync(Cgroup cgroup, CancellationToken cancellation) => EbpfProbe.RunAsync(
        new EbpfProbeSettings
        {
            Self = self,
            Cgroup = cgroup.Path,
            ScratchParent = _container?.Path,
            Bpffs = settings.Ebpf.Bpffs,
            Image = CaptureImage.Read(settings.Ebpf.ObjectFile),
            SearchPath = settings.SearchPath,
        },
        cancellation);

    private async Task<NetworkNamespace> PodAsync(CancellationToken cancellation) =>
        _pod ??= await NetworkNamespace.ReadAsync(_runner, self, cancellation);

    private (Cgroup? Found, string Reason) FindCgroup()
    {
        if (_cgroup is { } known)
        {
            return known;
        }

        if (settings.Ebpf.Cgroup is { } given)
        {
            _cgroup = (Cgroup.Open(given), "");
        }
        else if (settings.NetworkNamespace is not null)
        {
            _cgroup = (null, "which cgroup holds the processes of another network namespace cannot be told; name it with --cgroup");
        }
        else
        {
            (var pod, _container, var reason) = Cgroup.OfThisPod();
            _cgroup = (pod, reason);
        }

        return _cgroup.Value;
    }
}
