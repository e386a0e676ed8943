using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Intercept.Core.Addressing;

namespace Intercept.Capture.Ebpf;

/// <summary>struct address of bpf/types.h: network order, IPv4 as IPv4-mapped IPv6.</summary>
[InlineArray(4)]
internal struct MappedAddress
{
    private uint _words;

    public static MappedAddress Of(NetAddress address)
    {
        MappedAddress mapped = default;
        var bytes = MemoryMarshal.AsBytes((Span<uint>)mapped);
        if (address.IsIPv4)
        {
            bytes[10] = bytes[11] = 0xff;
            address.WriteBytes(bytes[12..]);
        }
        else
        {
            address.WriteBytes(bytes);
        }

        return mapped;
    }

    public override readonly string ToString() => NetAddress.FromBytes(MemoryMarshal.AsBytes((ReadOnlySpan<uint>)this)).ToString();
}
