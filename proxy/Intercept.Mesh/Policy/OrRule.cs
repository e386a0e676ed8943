using System.Collections.Immutable;

namespace Intercept.Mesh.Policy;

/// <summary>or_rules and or_ids.</summary>
public sealed record OrRule(ImmutableArray<RbacRule> Rules) : RbacRule
{
    public override bool Matches(in ConnectionFacts facts) => MatchesAny(Rules, facts);

    public bool Equals(OrRule? other) => other is not null && Rules.SameAs(other.Rules);

    public override int GetHashCode() => Rules.Length;

    internal static bool MatchesAny(ImmutableArray<RbacRule> rules, in ConnectionFacts facts)
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
