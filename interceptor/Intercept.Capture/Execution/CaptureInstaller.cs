using Intercept.Capture.Configuration;
using Intercept.Capture.Planning;

namespace Intercept.Capture.Execution;

/// <summary>
/// Installs, compares and removes. The order is what makes kill -9 harmless: what rules rely on is there before them and
/// goes after them, every change of rules is one transaction, and a backend that was used earlier is emptied only when its
/// successor captures.
/// </summary>
public sealed class CaptureInstaller(ApplySettings settings, Action<string> progress, TimeProvider time)
{
    private readonly ToolRunner _runner = new(settings.SearchPath, settings.NetworkNamespace);

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
        var backends = Others(null, survey);
        foreach (var backend in backends)
        {
            progress($"removing capture rules from {backend.Name}");
            await backend.ApplyAsync(null, force: false, cancellation);
        }

        var removals = routing.Removals(null);
        await RunAsync(removals, cancellation);
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
        var choice = await ChosenBackend.MakeAsync(settings.Backend, survey, _runner, cancellation);
        var drift = Backend(choice, survey).Drift(plan).ToList();
        foreach (var other in Others(choice, survey))
        {
            drift.Add($"{other.Name}: rules of another install stand here too");
        }

        drift.AddRange(Additions(routing, plan, survey).Select(command => $"missing: ip {string.Join(' ', command)}"));
        return drift;
    }

    private async Task<bool> InstallRulesAsync(CapturePlan plan, CancellationToken cancellation)
    {
        var (survey, routing) = await ReadAsync(settings.Backend, cancellation);
        var choice = await ChosenBackend.MakeAsync(settings.Backend, survey, _runner, cancellation);
        progress($"backend: {choice.Name}, because {choice.Reason}");
        if (!survey.HasIPv6)
        {
            progress("this kernel runs without IPv6: there are no IPv6 rules to install");
        }

        var backend = Backend(choice, survey);
        var drift = backend.Drift(plan);
        var others = Others(choice, survey);
        var additions = Additions(routing, plan, survey);
        var removals = routing.Removals(plan.Routing);
        if (drift.Count == 0 && others.Count == 0 && additions.Count == 0 && removals.Count == 0 && !settings.ForceApply)
        {
            return false;
        }

        await RunAsync(additions, cancellation);
        if (drift.Count > 0 || settings.ForceApply)
        {
            Announce(drift, repairs: Holds(choice, survey));
            await backend.ApplyAsync(plan, settings.ForceApply, cancellation);
        }

        foreach (var other in others)
        {
            progress($"removing what an earlier install left in {other.Name}");
            await other.ApplyAsync(null, force: false, cancellation);
        }

        await RunAsync(removals, cancellation);
        await LoopbackRoutes.WaitForAsync(plan.Routing, additions, _runner, time, cancellation);
        return true;
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

    private static bool Holds(ChosenBackend choice, BackendSurvey survey) =>
        choice.Iptables is { } tools ? survey.HoldsOurs(tools.Kind) : survey.NftRules.Tables.Count > 0;

    private static List<string[]> Additions(RoutingState routing, CapturePlan plan, BackendSurvey survey) =>
        routing.Additions(plan.Routing).Where(command => survey.HasIPv6 || command[0] != "-6").ToList();

    private static void RequirePrivileges()
    {
        if (!Privileges.HasNetAdmin())
        {
            throw new CaptureException(Privileges.HowToGrant("NET_ADMIN", "to read and change packet rules"));
        }
    }

    private Task<NamespaceLock> LockAsync(CancellationToken cancellation) =>
        NamespaceLock.AcquireAsync(settings.NetworkNamespace, settings.LockTimeout, progress, time, cancellation);

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

    // The backends that hold rules of ours, apart from the chosen one.
    private List<ICaptureBackend> Others(ChosenBackend? choice, BackendSurvey survey)
    {
        var others = survey.Tools.Values
            .Where(tools => tools.Kind != choice?.Iptables?.Kind && survey.HoldsOurs(tools.Kind))
            .Select(tools => Backend(new ChosenBackend(tools, ""), survey))
            .ToList();
        if (survey.NftRules.Tables.Count > 0 && (choice is null || choice.Iptables is not null))
        {
            others.Add(new NftablesBackend(_runner, survey));
        }

        return others;
    }
}
