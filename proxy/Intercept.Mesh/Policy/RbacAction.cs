namespace Intercept.Mesh.Policy;

/// <summary>envoy.config.rbac.v3.RBAC.Action.</summary>
public enum RbacAction : byte
{
    Allow = 0,
    Deny = 1,
    Log = 2,
}
