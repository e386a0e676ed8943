using System.Collections.Immutable;

namespace Intercept.Mesh.Policy;

/// <summary>envoy.config.rbac.v3.Policy: matches when any permission and any principal does.</summary>
public sealed record RbacPolicy(string Name, ImmutableArray<RbacRule> Permissions, ImmutableArray<RbacRule> Principals);
