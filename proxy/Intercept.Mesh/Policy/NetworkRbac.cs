using System.Collections.Immutable;

namespace Intercept.Mesh.Policy;

/// <summary>
/// envoy.extensions.filters.network.rbac.v3.RBAC. ALLOW: allowed when any policy matches, so that no policies deny
/// everything. DENY: allowed when none does. LOG always allows. Policies stand in the order of their names, as in Envoy.
/// </summary>
public sealed record NetworkRbac(string StatPrefix, RbacAction Action, ImmutableArray<RbacPolicy> Policies)
{
    public RbacDecision Evaluate(in ConnectionFacts facts)
    {
        foreach (var policy in Policies)
        {
            if (policy.Matches(facts))
            {
                return new RbacDecision(Action != RbacAction.Deny, policy.Name);
            }
        }

        return new RbacDecision(Action != RbacAction.Allow, null);
    }

    public bool Equals(NetworkRbac? other) =>
        other is not null && StatPrefix == other.StatPrefix && Action == other.Action && Policies.SameAs(other.Policies);

    public override int GetHashCode() => HashCode.Combine(StatPrefix, Action, Policies.Length);
}
