using Intercept.Core.Addressing;

namespace Intercept.Mesh.Policy;

/// <summary>destination_ip.</summary>
public sealed record DestinationAddressRule(Cidr Range) : RbacRule
{
    public override bool Matches(in ConnectionFacts facts) => Range.Contains(facts.Destination.Address);
}
