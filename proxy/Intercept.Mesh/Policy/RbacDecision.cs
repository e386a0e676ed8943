namespace Intercept.Mesh.Policy;

/// <summary>The answer of RBAC and the policy that decided; the policy is null when none matched.</summary>
public readonly record struct RbacDecision(bool Allowed, string? PolicyName);
