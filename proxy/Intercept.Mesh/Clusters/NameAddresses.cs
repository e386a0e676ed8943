using System.Collections.Immutable;
using Intercept.Core.Addressing;

namespace Intercept.Mesh.Clusters;

/// <summary>What a name resolves to, as a cluster uses it.</summary>
public static class NameAddresses
{
    /// <param name="resolved">In any order.</param>
    /// <returns>IPv4 first and each once, so that the same answer is the same list.</returns>
    public static ImmutableArray<NetAddress> Choose(AddressFamilies families, IEnumerable<NetAddress> resolved)
    {
        ImmutableArray<NetAddress> all = [.. resolved.Distinct().OrderBy(address => address.IsIPv6).ThenBy(address => address.Bits)];
        var count = all.Count(address => !address.IsIPv6);
        var (v4, v6) = (all[..count], all[count..]);
        return families switch
        {
            AddressFamilies.V4Only => v4,
            AddressFamilies.V6Only => v6,
            AddressFamilies.V4Preferred => v4.IsEmpty ? v6 : v4,
            AddressFamilies.Auto => v6.IsEmpty ? v4 : v6,
            _ => all,
        };
    }
}
