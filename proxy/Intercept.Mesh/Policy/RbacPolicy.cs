using System.Collections.Immutable;

namespace Intercept.Mesh.Policy;

/// <summary>envoy.config.rbac.v3.Policy: matches when any permission and any principal does.</summary>
public sealed record RbacPolicy(string Name, ImmutableArray<RbacRule> Permissions, ImmutableArray<RbacRule> Principals)
{
    public bool Matches(in ConnectionFacts facts) =>
        OrRule.MatchesAny(Permissions, facts) && OrRule.MatchesAny(Principals, facts);

    public bool Equals(RbacPolicy? other) =>
        other is not null && Name == other.Name && Permissions.SameAs(other.Permissions) && Principals.SameAs(other.Principals);

    public override int GetHashCode() => HashCode.Combine(Name, Permissions.Length, Principals.Length);
}
