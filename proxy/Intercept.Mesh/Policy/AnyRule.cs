namespace Intercept.Mesh.Policy;

/// <summary>any: true.</summary>
public sealed record AnyRule : RbacRule
{
    public static AnyRule Instance { get; } = new();

    public override bool Matches(in ConnectionFacts facts) => true;
}
