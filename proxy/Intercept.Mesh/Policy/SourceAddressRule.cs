using Intercept.Core.Addressing;

namespace Intercept.Mesh.Policy;

/// <summary>
/// source_ip, direct_remote_ip and remote_ip: on a TCP connection without PROXY protocol the three are one address.
/// </summary>
public sealed record SourceAddressRule(Cidr Range) : RbacRule
{
    public override bool Matches(in ConnectionFacts facts) => Range.Contains(facts.Source.Address);
}
