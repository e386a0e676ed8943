using System.Globalization;
using Intercept.Capture.Planning;

namespace Intercept.Capture.Execution;

/// <summary>Rules through iptables-restore --noflush, once for each family that has something to change.</summary>
internal sealed class IptablesBackend(IptablesTools tools, ToolRunner runner, ApplySettings settings, bool hasIPv6, Action<string> progress)
    : ICaptureBackend
{
    // iptables: RESOURCE_PROBLEM, which is how a held lock ends.
    private const int ResourceProblem = 4;

    // Another program may change the tables between the listing and the commit, which then fails as a whole.
    private const int Attempts = 3;

    public string Name => tools.ToString();

    private IReadOnlyList<bool> Families => AddressFamilies.Present(hasIPv6);

    public async Task<IReadOnlyList<string>> DriftAsync(CapturePlan? plan, CancellationToken cancellation)
    {
        var transactions = Families.Select(ipv6 => TransactionAsync(plan, ipv6, cancellation)).ToList();
        var drift = new List<string>();
        foreach (var (ipv6, transaction) in Families.Zip(transactions))
        {
            drift.AddRange((await transaction).Drift.Select(line => $"{(ipv6 ? "IPv6" : "IPv4")} {line}"));
        }

        return drift;
    }

    public async Task ApplyAsync(CapturePlan? plan, CancellationToken cancellation)
    {
        foreach (var ipv6 in Families)
        {
            await ApplyAsync(plan, ipv6, cancellation);
            if (plan is null && tools.Kind == IptablesKind.Nft)
            {
                await RemoveOurTablesAsync(ipv6, cancellation);
            }
        }
    }

    private async Task ApplyAsync(CapturePlan? plan, bool ipv6, CancellationToken cancellation)
    {
        var failure = "";
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var transaction = await TransactionAsync(plan, ipv6, cancellation);
            if (transaction.IsEmpty)
            {
                return;
            }

            failure = await RestoreAsync(transaction.Text, ipv6, cancellation)
                ?? $"the kernel's rules still differ after the commit:\n{string.Join('\n', transaction.Drift)}";
        }

        if (!(await TransactionAsync(plan, ipv6, cancellation)).IsEmpty)
        {
            throw new CaptureException(failure);
        }
    }

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

    private async Task<IptablesTransaction> TransactionAsync(CapturePlan? plan, bool ipv6, CancellationToken cancellation)
    {
        var current = SavedRules.Parse(await runner.MustAsync(tools.Save(ipv6), [], cancellation: cancellation));
        var desired = plan is null ? SavedRules.Empty : SavedRules.Of(plan, ipv6);
        return IptablesTransaction.Between(current, desired, recordTables: tools.Kind == IptablesKind.Nft);
    }

    // iptables-nft leaves the tables that it made; where they were made for us and nobody uses them, they go too.
    private async Task RemoveOurTablesAsync(bool ipv6, CancellationToken cancellation)
    {
        var current = SavedRules.Parse(await runner.MustAsync(tools.Save(ipv6), [], cancellation: cancellation));
        foreach (var table in current.Tables.Where(table => table.IsUserChain(IptablesNames.TableMarker)))
        {
            if (table.IsBare && runner.Exists("nft"))
            {
                await runner.MustAsync("nft", ["delete", "table", ipv6 ? "ip6" : "ip", table.Name], cancellation: cancellation);
            }
            else
            {
                // The table stays for whoever uses it, or because only nft could remove it; the mark does not.
                await runner.MustAsync(tools.Restore(ipv6), ["--noflush"],
                    $"*{table.Name}\n-X {IptablesNames.TableMarker}\nCOMMIT\n", cancellation);
            }
        }
    }
}
