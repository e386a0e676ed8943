using Intercept.Capture.Configuration;
using Intercept.Capture.Ebpf;
using Intercept.Capture.Planning;
using Intercept.Capture.Reporting;
using Intercept.Capture.Verification;
using Intercept.Linux;

namespace Intercept.Capture.Execution;

/// <summary>
/// Installs, compares and removes. The order is what makes kill -9 harmless: what rules rely on is there before them and
/// goes after them, every change of rules is one transaction, and a backend that was used earlier is emptied only when its
/// successor captures.
/// </summary>
/// <param name="self">What has to be asked inside another network namespace, a child asks.</param>
public sealed class CaptureInstaller(ApplySettings settings, SelfCommand self, Action<string> progress, TimeProvider time)
{
    private const string OwnNamespace = "/proc/self/ns/net";

    // Asked for once: the file of another namespace may be gone, or a plain one, before the work is done.
    private readonly ulong _namespaceInode = FileStamp.Of(settings.NetworkNamespace ?? OwnNamespace).Inode;

    private readonly ToolRunner _runner = new(settings.SearchPath, settings.NetworkNamespace);
    private readonly EbpfSurvey _ebpf = new(settings, self, progress, time);

    /// <returns>True when something was changed.</returns>
    public async Task<bool> InstallAsync(CapturePlan plan, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(plan);
        RequirePrivileges();
        using var held = await LockAsync(cancellation);
        var changed = await InstallRulesAsync(plan, cancellation);
        if (settings.CloseWaitTimeout is { } timeout && await CloseWaitTimeout.ApplyAsync(timeout, _runner, cancellation))
        {
            progress($"conntrack forgets a half-closed connection after {timeout.TotalSeconds:0}s");
            changed = true;
        }

        progress(changed ? "capture rules are in place" : "capture is already in place: nothing to do");
        return changed;
    }

    /// <summary>Removes whatever version or backend put there, also when only a part of it is there.</summary>
    public async Task<bool> UninstallAsync(CancellationToken cancellation)
    {
        RequirePrivileges();
        using var held = await LockAsync(cancellation);
        var (survey, routing) = await ReadAsync(new BackendRequest(BackendChoice.Nftables, null), cancellation);
        var backends = await HoldingAsync(survey, cancellation);
        foreach (var backend in backends)
        {
            progress($"removing capture rules from {backend.Name}");
            await backend.ApplyAsync(null, force: false, cancellation);
        }

        var removals = routing.Removals(null);
        await RunAsync(removals, cancellation);
        await _ebpf.RemoveLeftoversAsync(cancellation);
        CaptureRecord.Remove(settings.StateDirectory, _namespaceInode);
        var changed = backends.Count > 0 || removals.Count > 0;
        progress(changed ? "capture rules are removed" : "nothing of ours is installed: nothing to do");
        return changed;
    }

    /// <summary>Compares without changing anything; an empty list means that the plan is in force.</summary>
    public async Task<IReadOnlyList<string>> DriftAsync(CapturePlan plan, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(plan);
        RequirePrivileges();
        var (survey, routing) = await ReadAsync(settings.Backend, cancellation);
        var shares = await SharesAsync(plan, survey, mayTry: false, cancellation);
        var drift = shares.SelectMany(share => share.Backend.Drift(share.Plan)).ToList();
        foreach (var other in await OthersAsync(shares, survey, cancellation))
        {
            drift.Add($"{other.Name}: rules of another install stand here too");
        }

        drift.AddRange(Additions(routing, RoutingOf(plan, shares), survey).Select(command => $"missing: ip {string.Join(' ', command)}"));
        return drift;
    }

    /// <returns>The backends that hold anything of ours.</returns>
    internal async Task<IReadOnlyList<ICaptureBackend>> HoldingAsync(CancellationToken cancellation)
    {
        RequirePrivileges();
        var (survey, _) = await ReadAsync(new BackendRequest(BackendChoice.Nftables, null), cancellation);
        return await HoldingAsync(survey, cancellation);
    }

    private async Task<bool> InstallRulesAsync(CapturePlan plan, CancellationToken cancellation)
    {
        var (survey, routing) = await ReadAsync(settings.Backend, cancellation);
        var shares = await SharesAsync(plan, survey, mayTry: true, cancellation);
        foreach (var share in shares)
        {
            progress($"{share.What}: {share.Backend.Name}, because {share.Reason}");
        }

        if (plan.Configuration.Sockets.BypassUntilReady)
        {
            progress("WARNING: --bypass-until-ready: while the proxy does not listen, connections pass it by IN THE CLEAR, and policy is not applied to them");
        }

        if (!survey.HasIPv6)
        {
            progress("this kernel runs without IPv6: there are no IPv6 rules to install");
        }

        var drifts = shares.Select(share => (Share: share, Drift: share.Backend.Drift(share.Plan))).ToList();
        var others = await OthersAsync(shares, survey, cancellation);
        var wanted = RoutingOf(plan, shares);
        var additions = Additions(routing, wanted, survey);
        var removals = routing.Removals(wanted);
        if (drifts.All(entry => entry.Drift.Count == 0) && others.Count == 0 && additions.Count == 0 && removals.Count == 0 && !settings.ForceApply)
        {
            return false;
        }

        Record(shares);
        await RunAsync(additions, cancellation);

        // The kernel's work queue is waited for while the rules go in.
        var routed = LoopbackRoutes.WaitForAsync(wanted, additions, _runner, time, cancellation);
        try
        {
            foreach (var (share, drift) in drifts.Where(entry => entry.Drift.Count > 0 || settings.ForceApply))
            {
                Announce(drift, repairs: share.Backend.Holds);
                await share.Backend.ApplyAsync(share.Plan, settings.ForceApply, cancellation);
            }
        }
        finally
        {
            await routed;
        }

        foreach (var other in others)
        {
            progress($"removing what an earlier install left in {other.Name}");
            await other.ApplyAsync(null, force: false, cancellation);
        }

        await RunAsync(removals, cancellation);
        return true;
    }

    // Who captures what: programs, packet rules, or each one direction.
    private async Task<IReadOnlyList<CaptureShare>> SharesAsync(
        CapturePlan plan, BackendSurvey survey, bool mayTry, CancellationToken cancellation)
    {
        var decision = await _ebpf.DecideAsync(plan, survey.HoldsAnything, mayTry, cancellation);
        var shares = new List<CaptureShare>();
        if (decision.Programs(plan) is { } programs)
        {
            shares.Add(new CaptureShare(await _ebpf.BackendAsync(cancellation), programs, decision.Inbound && decision.Outbound ? "backend" : decision.Outbound ? "outbound" : "inbound",
                decision.Reason));
        }

        if (decision.Rules(plan) is { } rules)
        {
            if (plan.Configuration.Sockets.Flags() is { Count: > 0 } flags)
            {
                throw new CaptureException($"packet rules cannot do {string.Join(", ", flags)}, and eBPF is not what captures: "
                    + (decision.Outbound ? decision.InboundReason : decision.OutboundReason));
            }

            var choice = await ChosenBackend.MakeAsync(settings.Backend, survey, _runner, cancellation);
            var why = settings.Backend.Choice != BackendChoice.Auto ? choice.Reason
                : $"{choice.Reason}; not eBPF: {(decision.Outbound ? decision.InboundReason : decision.OutboundReason)}";
            shares.Add(new CaptureShare(Backend(choice, survey), rules, shares.Count == 0 ? "backend" : decision.Outbound ? "inbound" : "outbound", why));
        }

        return shares;
    }

    private void Record(IReadOnlyList<CaptureShare> shares)
    {
        if (_namespaceInode == 0)
        {
            return;
        }

        var version = typeof(CaptureInstaller).Assembly.GetName().Version?.ToString(3) ?? "unknown";
        List<RecordedShare> chosen = [.. shares.Select(share => new RecordedShare(share.What, share.Backend.Name, share.Reason))];

        // That an earlier install chose the same explains nothing: its reason stays.
        if (CaptureRecord.Read(settings.StateDirectory, _namespaceInode) is { } before
            && before.Shares.Select(share => (share.What, share.Backend)).SequenceEqual(chosen.Select(share => (share.What, share.Backend))))
        {
            chosen = [.. before.Shares];
        }

        var record = new CaptureRecord(version, time.GetUtcNow(), _namespaceInode, chosen);
        if (record.Write(settings.StateDirectory) is { } failure)
        {
            progress($"the choice of the backend is not recorded for `intercept-init status` (--state-dir): {failure}");
        }
    }

    private void Announce(IReadOnlyList<string> drift, bool repairs)
    {
        progress(!repairs ? "installing capture rules" : drift.Count > 0 ? $"repairing {drift.Count} difference(s)" : "writing the rules again");
        foreach (var line in repairs ? drift : [])
        {
            progress($"drift: {line}");
        }
    }

    private async Task<(BackendSurvey Survey, RoutingState Routing)> ReadAsync(BackendRequest request, CancellationToken cancellation)
    {
        var routing = RoutingState.ReadAsync(_runner, BackendSurvey.HostHasIPv6, cancellation);
        var survey = await BackendSurvey.TakeAsync(request, _runner, cancellation);
        foreach (var (kind, why) in survey.Failures)
        {
            progress($"iptables-{(kind == IptablesKind.Nft ? "nft" : "legacy")} is here and cannot be used: {why}");
        }

        return (survey, await routing);
    }

    // Programs need routes that packet rules do not.
    private static RoutingPlan RoutingOf(CapturePlan plan, IEnumerable<CaptureShare> shares) =>
        plan.Routing with { LocalRanges = [.. shares.SelectMany(share => share.Plan.Routing.LocalRanges).Distinct()] };

    private static List<string[]> Additions(RoutingState routing, RoutingPlan plan, BackendSurvey survey) =>
        routing.Additions(plan).Where(command => survey.HasIPv6 || command[0] != "-6").ToList();

    private static void RequirePrivileges()
    {
        if (!Privileges.HasNetAdmin())
        {
            throw new CaptureException(Privileges.HowToGrant("NET_ADMIN", "to read and change packet rules"));
        }
    }

    private Task<RunLock> LockAsync(CancellationToken cancellation) => RunLock.AcquireAsync(
        settings.NetworkNamespace ?? OwnNamespace, "this network namespace", settings.LockTimeout, progress, time, cancellation);

    private async Task RunAsync(IReadOnlyList<string[]> commands, CancellationToken cancellation)
    {
        foreach (var command in commands)
        {
            await _runner.MustAsync("ip", command, cancellation: cancellation);
        }
    }

    private ICaptureBackend Backend(ChosenBackend choice, BackendSurvey survey)
    {
        if (choice.Iptables is not { } tools)
        {
            return new NftablesBackend(_runner, survey);
        }

        return tools.Kind == IptablesKind.Nft || Privileges.HasNetRaw()
            ? new IptablesBackend(tools, _runner, settings, survey, progress)
            : throw new CaptureException(Privileges.HowToGrant("NET_RAW", "iptables-legacy opens a raw socket"));
    }

    private async Task<List<ICaptureBackend>> OthersAsync(
        IReadOnlyList<CaptureShare> shares, BackendSurvey survey, CancellationToken cancellation) =>
        [.. (await HoldingAsync(survey, cancellation)).Where(backend => !shares.Any(share => share.Backend.Name == backend.Name))];

    private async Task<List<ICaptureBackend>> HoldingAsync(BackendSurvey survey, CancellationToken cancellation)
    {
        var backends = survey.Tools.Values
            .Where(tools => survey.HoldsOurs(tools.Kind))
            .Select(tools => Backend(new ChosenBackend(tools, ""), survey))
            .ToList();
        if (survey.NftRules.Tables.Count > 0)
        {
            backends.Add(new NftablesBackend(_runner, survey));
        }

        if (await _ebpf.HoldingAsync(cancellation) is { } programs)
        {
            backends.Add(programs);
        }

        return backends;
    }
}
