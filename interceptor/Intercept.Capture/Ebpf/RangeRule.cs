using System.Globalization;
using System.Runtime.InteropServices;
using Intercept.Core.Addressing;

namespace Intercept.Capture.Ebpf;

/// <summary>struct range_rule of bpf/types.h: a key of a trie, for the addresses of one range.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RangeRule
{
    private const int BitsBefore = 64;
    private const int BitsOfMapped = 96;
    private const ushort IPv4Family = 2;
    private const ushort IPv6Family = 10;

    public uint Prefix;
    public uint Pod;
    public ushort Rule;

    /// <summary>AF_INET or AF_INET6: ::/0 holds no IPv4, though the form of its addresses does.</summary>
    public ushort Family;
    public MappedAddress Address;

    public static RangeRule Of(uint pod, RuleKind kind, Cidr range) => new()
    {
        Prefix = (uint)(BitsBefore + (range.Network.IsIPv4 ? BitsOfMapped : 0) + range.PrefixLength),
        Pod = pod,
        Rule = (ushort)kind,
        Family = range.IsIPv6 ? IPv6Family : IPv4Family,
        Address = MappedAddress.Of(range.Network),
    };

    public override readonly string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{(RuleKind)Rule} {Address}/{Prefix - BitsBefore - (Family == IPv4Family ? BitsOfMapped : 0)}");
}
