namespace Intercept.Mesh.Policy;

/// <summary>One node of a permission or principal tree (envoy.config.rbac.v3 Permission and Principal).</summary>
public abstract record RbacRule
{
    private protected RbacRule()
    {
    }

    public abstract bool Matches(in ConnectionFacts facts);
}
