using System.Globalization;
using Intercept.Capture.Planning;

namespace Intercept.Capture.Execution;

/// <summary>Rules through iptables-restore --noflush, once for each family that has something to change.</summary>
internal sealed class IptablesBackend(IptablesTools tools, ToolRunner runner, ApplySettings settings, BackendSurvey survey, Action<string> progress)
    : ICaptureBackend
{
    // iptables: RESOURCE_PROBLEM, which is how a held lock ends.
    private const int ResourceProblem = 4;

    // Another program may change the tables between the listing and the commit, which then fails as a whole.
    private const int Attempts = 3;

    public string Name => tools.ToString();

    public bool Holds => survey.HoldsOurs(tools.Kind);

    private IReadOnlyList<bool> Families => AddressFamilies.Present(survey.HasIPv6);

    public IReadOnlyList<string> Drift(CapturePlan? plan)
    {
        var drift = new List<string>();
        foreach (var ipv6 in Families)
        {
            var transaction = Between(survey.Rules(tools.Kind, ipv6), Desired(plan, ipv6));
            drift.AddRange(transaction.Drift.Select(line => $"{(ipv6 ? "IPv6" : "IPv4")} {line}"));
        }

        return drift;
    }

    public async Task ApplyAsync(CapturePlan? plan, bool force, CancellationToken cancellation)
    {
        if (plan is null && OwnTables() is { Count: > 0 } tables)
        {
            await runner.MustAsync("nft", ["-f", "-"], string.Concat(tables.Select(table => $"delete table {table}\n")), cancellation);
            return;
        }

        if (tools.Kind == IptablesKind.Nft)
        {
            // The families do not know each other, and most of a commit is waiting for the kernel.
            await Task.WhenAll(Families.Select(ipv6 => ApplyAsync(plan, ipv6, force, cancellation)));
            return;
        }

        foreach (var ipv6 in Families)
        {
            await ApplyAsync(plan, ipv6, force, cancellation);
        }
    }

    // All that is ours in another namespace, where it stands in tables that an install made and nobody else uses: a pod's namespace
    // that is about to go. They go in one transaction of both families. Empty where it does not stand so.
    private IReadOnlyList<string> OwnTables()
    {
        if (tools.Kind != IptablesKind.Nft || runner.NetworkNamespace is null || !runner.Exists("nft"))
        {
            return [];
        }

        var tables = Families.SelectMany(ipv6 => survey.Rules(tools.Kind, ipv6).Tables.Select(table => (Family: ipv6 ? "ip6" : "ip", Table: table))).ToList();
        return tables.TrueForAll(entry => entry.Table.IsOnlyOurs && entry.Table.IsUserChain(IptablesNames.TableMarker))
            ? [.. tables.Select(entry => $"{entry.Family} {entry.Table.Name}")]
            : [];
    }

    private static SavedRules Desired(CapturePlan? plan, bool ipv6) => plan is null ? SavedRules.Empty : SavedRules.Of(plan, ipv6);

    private async Task ApplyAsync(CapturePlan? plan, bool ipv6, bool force, CancellationToken cancellation)
    {
        var desired = Desired(plan, ipv6);
        var current = survey.Rules(tools.Kind, ipv6);
        var transaction = Between(current, desired, force);
        var failure = "";
        for (var attempt = 0; attempt < Attempts && !transaction.IsEmpty; attempt++)
        {
            failure = await RestoreAsync(transaction.Text, ipv6, cancellation);
            current = SavedRules.Parse(await runner.MustAsync(tools.Save(ipv6), [], cancellation: cancellation));
            transaction = Between(current, desired);
        }

        if (!transaction.IsEmpty)
        {
            throw new CaptureException(failure ?? $"the kernel's rules still differ after the commit:\n{string.Join('\n', transaction.Drift)}");
        }

        if (tools.Kind == IptablesKind.Nft)
        {
            await RemoveAsync(IptablesResidue.Of(current, desired, runner.Exists("nft")), ipv6, cancellation);
        }
    }

    private IptablesTransaction Between(SavedRules current, SavedRules desired, bool force = false) =>
        IptablesTransaction.Between(current, desired, recordMade: tools.Kind == IptablesKind.Nft, force);

    /// <returns>Null when committed, else what was said.</returns>
    private async Task<string?> RestoreAsync(string text, bool ipv6, CancellationToken cancellation)
    {
        var tool = tools.Restore(ipv6);
        List<string> arguments = ["--noflush"];
        if (tools.Kind == IptablesKind.Legacy)
        {
            if (LockHolders.Of(settings.XtablesLockFile) is { } holder)
            {
                progress($"waiting for the xtables lock {settings.XtablesLockFile}: held by {holder}");
            }

            var seconds = Math.Max(1, (int)settings.LockTimeout.TotalSeconds);
            arguments.AddRange(["--wait", seconds.ToString(CultureInfo.InvariantCulture)]);
        }

        var result = await runner.RunAsync(tool, arguments, text, cancellation);
        if (result.Succeeded)
        {
            return null;
        }

        if (result.ExitCode == ResourceProblem && result.Error.Contains("xtables lock", StringComparison.Ordinal))
        {
            var holder = LockHolders.Of(settings.XtablesLockFile) ?? "a process that /proc/locks does not show here";
            throw new CaptureException($"the xtables lock {settings.XtablesLockFile} is held by {holder}; "
                + $"waited {settings.LockTimeout.TotalSeconds:0.#}s (--lock-timeout); nothing was changed in this table");
        }

        var explained = ToolRunner.Explain(tool, arguments, result);
        return result.Error.Contains("ermitted", StringComparison.Ordinal) || result.Error.Contains("denied", StringComparison.Ordinal)
            ? throw new CaptureException(explained)
            : explained;
    }

    private async Task RemoveAsync(IptablesResidue residue, bool ipv6, CancellationToken cancellation)
    {
        foreach (var table in residue.Tables)
        {
            await runner.MustAsync("nft", ["delete", "table", ipv6 ? "ip6" : "ip", table], cancellation: cancellation);
        }

        if (residue.Chains.Length > 0
            && !(await runner.RunAsync(tools.Restore(ipv6), ["--noflush"], residue.Chains, cancellation)).Succeeded)
        {
            await runner.MustAsync(tools.Restore(ipv6), ["--noflush"], residue.Markers, cancellation);
        }
    }
}
