using Intercept.Capture.Iptables;
using Intercept.Capture.Nftables;
using Intercept.Capture.Planning;

namespace Intercept.Capture.Verification;

/// <summary>The rule with a given number in the plan, as a person finds it in the kernel.</summary>
public static class RuleLines
{
    /// <returns>"nat: -A INTERCEPT_OUTBOUND ...", or null when no rule decided.</returns>
    public static string? Of(CapturePlan plan, int index, bool ipv6)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (index < 0 || !plan.Rules[index].AppliesTo(ipv6))
        {
            return null;
        }

        var rule = plan.Rules[index];
        var before = plan.Rules.Take(index).Count(other => other.Table == rule.Table && other.Chain == rule.Chain && other.AppliesTo(ipv6));
        var table = rule.Table.IptablesName();
        var chain = IptablesText.Rules(plan, ipv6).Single(candidate => candidate.Name == table)
            .Chains.Single(candidate => candidate.Name == rule.Chain.IptablesName());
        return $"{table}: {chain.Rules[before]}";
    }

    /// <summary>Whether a line of drift, of whichever backend, says that this rule or its chain is missing.</summary>
    public static bool IsMissing(CaptureRule rule, bool ipv6, string drift)
    {
        ArgumentNullException.ThrowIfNull(rule);
        ArgumentNullException.ThrowIfNull(drift);
        var chain = $"{rule.Table.IptablesName()} {rule.Chain.IptablesName()}: ";
        var native = $"{rule.Table.NftablesName()} {NftablesText.ChainName(rule.Chain)}: ";
        var isThere = drift.StartsWith($"{(ipv6 ? "IPv6" : "IPv4")} {chain}", StringComparison.Ordinal) || drift.StartsWith(native, StringComparison.Ordinal);
        return isThere && (drift.EndsWith("the chain is missing", StringComparison.Ordinal)
            || (drift.Contains(": missing: ", StringComparison.Ordinal) && drift.Contains($"\"{rule.Comment}\"", StringComparison.Ordinal)));
    }
}
