namespace Intercept.Mesh.Policy;

/// <summary>not_rule and not_id.</summary>
public sealed record NotRule(RbacRule Rule) : RbacRule
{
    public override bool Matches(in ConnectionFacts facts) => !Rule.Matches(facts);
}
