using Intercept.Capture.Planning;
using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Capture.Lifecycle;

/// <summary>What somebody did to our rules, none of it at the cost of the flows that are watched meanwhile.</summary>
public enum Drift
{
    RuleDeleted,
    RuleAdded,
    OrderChanged,
    ForeignRuleBeforeOurs,
}

internal static class Drifts
{
    public static async Task MakeAsync(this Drift drift, KernelRules rules, bool ipv6)
    {
        switch (drift)
        {
            case Drift.RuleDeleted:
                await rules.DeleteAsync(RuleTable.Nat, RuleChain.InterceptInbound, "excluded inbound port 15021", ipv6);
                break;
            case Drift.RuleAdded:
                await rules.InsertAsync(RuleTable.Nat, RuleChain.InterceptOutbound, ipv6);
                break;
            case Drift.OrderChanged:
                await rules.SwapAsync(RuleTable.Nat, RuleChain.InterceptProxy, ipv6);
                break;
            case Drift.ForeignRuleBeforeOurs:
                await rules.InsertAsync(RuleTable.Nat, RuleChain.Output, ipv6);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(drift), drift, null);
        }
    }

    /// <summary>What a report of it says.</summary>
    public static string Report(this Drift drift) => drift switch
    {
        Drift.RuleDeleted => "missing: ",
        Drift.RuleAdded => "not in the plan: ",
        Drift.OrderChanged => "out of order: ",
        Drift.ForeignRuleBeforeOurs => "foreign rule before ours: ",
        _ => throw new ArgumentOutOfRangeException(nameof(drift), drift, null),
    };
}
