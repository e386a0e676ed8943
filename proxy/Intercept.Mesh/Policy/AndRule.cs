using System.Collections.Immutable;

namespace Intercept.Mesh.Policy;

/// <summary>and_rules and and_ids.</summary>
public sealed record AndRule(ImmutableArray<RbacRule> Rules) : RbacRule
{
    public override bool Matches(in ConnectionFacts facts)
    {
        foreach (var rule in Rules)
        {
            if (!rule.Matches(facts))
            {
                return false;
            }
        }

        return true;
    }

    public bool Equals(AndRule? other) => other is not null && Rules.SameAs(other.Rules);

    public override int GetHashCode() => Rules.Length;
}
