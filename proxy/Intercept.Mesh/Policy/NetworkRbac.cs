using System.Collections.Immutable;

namespace Intercept.Mesh.Policy;

/// <summary>
/// envoy.extensions.filters.network.rbac.v3.RBAC. ALLOW: allowed when any policy matches. DENY: allowed when none does.
/// LOG always allows.
/// </summary>
public sealed record NetworkRbac(string StatPrefix, RbacAction Action, ImmutableArray<RbacPolicy> Policies)
{
    public RbacDecision Evaluate(in ConnectionFacts facts)
    {
        foreach (var policy in Policies)
        {
            if (MatchesAny(policy.Permissions, facts) && MatchesAny(policy.Principals, facts))
            {
                return new RbacDecision(Action != RbacAction.Deny, policy.Name);
            }
        }

        return new RbacDecision(Action != RbacAction.Allow, null);
    }

    private static bool MatchesAny(ImmutableArray<RbacRule> rules, in ConnectionFacts facts)
    {
        foreach (var rule in rules)
        {
            if (rule.Matches(facts))
            {
                return true;
            }
        }

        return false;
    }
}
