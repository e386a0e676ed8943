using Intercept.Core.Addressing;

namespace Intercept.Linux;

/// <summary>Where a redirected connection was going before REDIRECT rewrote it.</summary>
public static unsafe class OriginalDestination
{
    private const int IPLevel = 0;
    private const int IPv6Level = 41;

    // SO_ORIGINAL_DST and IP6T_SO_ORIGINAL_DST are the same number in two levels.
    private const int OriginalDestinationOption = 80;

    /// <param name="isIPv6">
    /// The family of the local address. An IPv4-mapped connection on an IPv6 socket is tracked as IPv4, and answers at
    /// that level only.
    /// </param>
    /// <returns>
    /// Null for a connection that nothing redirected (ENOENT: TPROXY, sk_lookup, a direct connect; ENOPROTOOPT: no
    /// conntrack in this kernel or namespace). Then the local address is the destination.
    /// </returns>
    public static NetEndpoint? Read(int descriptor, bool isIPv6)
    {
        RawAddress address = default;
        var length = RawAddress.Capacity;
        return Libc.getsockopt(descriptor, isIPv6 ? IPv6Level : IPLevel, OriginalDestinationOption, &address, &length) == 0
            ? RawAddress.Read(address)
            : null;
    }
}
