using Intercept.Capture.Iptables;
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
}
