using Intercept.Core.Addressing;

namespace Intercept.Tests.Cases;

/// <summary>One place under its IPv4 and its IPv6 address.</summary>
public readonly record struct DualAddress(NetAddress IPv4, NetAddress IPv6)
{
    public DualAddress(string ipv4, string ipv6)
        : this(NetAddress.Parse(ipv4), NetAddress.Parse(ipv6))
    {
    }

    public NetAddress Of(bool ipv6) => ipv6 ? IPv6 : IPv4;
}
