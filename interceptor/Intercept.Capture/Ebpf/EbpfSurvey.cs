using Intercept.Capture.Configuration;
using Intercept.Capture.Ebpf.Pinning;
using Intercept.Capture.Ebpf.Places;
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

    public async Task<EbpfBackend> BackendAsync(CancellationToken cancellation) =>
        new(await PodAsync(cancellation), FindCgroup().Found, settings.Ebpf, settings.LockTimeout, progress, time);

    /// <returns>Null where no program of ours captures this pod.</returns>
    public async Task<EbpfBackend?> HoldingAsync(CancellationToken cancellation) =>
        Directory.Exists(new PinLayout(settings.Ebpf.Bpffs).Root) && await BackendAsync(cancellation) is { Holds: true } backend ? backend : null;

    /// <param name="rulesHold">Whether packet rules capture this pod.</param>
    public async Task<EbpfDecision> DecideAsync(CapturePlan plan, bool rulesHold, CancellationToken cancellation)
    {
        if (!EbpfDecision.IsAsked(settings.Backend.Choice))
        {
            return EbpfDecision.Neither("packet rules were asked for");
        }

        var isAuto = settings.Backend.Choice == BackendChoice.Auto;
        if (isAuto && rulesHold && await HoldingAsync(cancellation) is null)
        {
            return EbpfDecision.Neither("an earlier install used packet rules here");
        }

        var (cgroup, reason) = FindCgroup();
        return cgroup is null && isAuto
            ? EbpfDecision.Neither(reason)
            : EbpfDecision.Make(settings.Backend.Choice, plan, await PodAsync(cancellation), cgroup, reason);
    }

    private async Task<NetworkNamespace> PodAsync(CancellationToken cancellation) =>
        _pod ??= await NetworkNamespace.ReadAsync(_runner, self, cancellation);

    private (Cgroup? Found, string Reason) FindCgroup() => _cgroup ??= (settings.Ebpf.Cgroup, settings.NetworkNamespace) switch
    {
        ({ } given, _) => (Cgroup.Open(given), ""),
        (null, not null) => (null, "which cgroup holds the processes of another network namespace cannot be told; name it with --cgroup"),
        _ => Cgroup.OfThisPod(),
    };
}
