using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Intercept.Core.Addressing;

namespace Intercept.Linux;

/// <summary>struct sockaddr_in or sockaddr_in6.</summary>
[InlineArray(Capacity)]
internal struct RawAddress
{
    internal const int Capacity = 28;
    internal const ushort IPv4Family = 2;
    internal const ushort IPv6Family = 10;
    private const int IPv4Length = 16;

    private byte _first;

    /// <returns>The length of the filled part.</returns>
    internal static int Write(ref RawAddress raw, NetEndpoint endpoint)
    {
        Span<byte> bytes = raw;
        bytes.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, endpoint.Address.IsIPv6 ? IPv6Family : IPv4Family);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], endpoint.Port);
        Span<byte> address = stackalloc byte[16];
        var length = endpoint.Address.WriteBytes(address);
        address[..length].CopyTo(bytes[(length == 4 ? 4 : 8)..]);
        return length == 4 ? IPv4Length : Capacity;
    }

    internal static NetEndpoint Read(in RawAddress raw)
    {
        ReadOnlySpan<byte> bytes = raw;
        var port = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        return BinaryPrimitives.ReadUInt16LittleEndian(bytes) switch
        {
            IPv4Family => new NetEndpoint(NetAddress.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(bytes[4..])), port),
            IPv6Family => new NetEndpoint(NetAddress.FromBytes(bytes.Slice(8, 16)), port),
            _ => default,
        };
    }
}
