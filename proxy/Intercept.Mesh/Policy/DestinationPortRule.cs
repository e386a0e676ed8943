namespace Intercept.Mesh.Policy;

/// <summary>destination_port and destination_port_range, both ends included.</summary>
public sealed record DestinationPortRule(ushort First, ushort Last) : RbacRule
{
    public override bool Matches(in ConnectionFacts facts) => facts.Destination.Port >= First && facts.Destination.Port <= Last;
}
