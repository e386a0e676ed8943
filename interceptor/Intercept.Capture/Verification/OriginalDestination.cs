using System.Buffers.Binary;
using System.Net.Sockets;
using Intercept.Core.Addressing;

namespace Intercept.Capture.Verification;

/// <summary>Where a connection was going: SO_ORIGINAL_DST, or the local address where nothing translated it (TPROXY).</summary>
internal static class OriginalDestination
{
    private const int SolIp = 0;
    private const int SolIPv6 = 41;
    private const int SoOriginalDst = 80;

    public static NetEndpoint Of(Socket socket)
    {
        var local = (System.Net.IPEndPoint)socket.LocalEndPoint!;
        var address = NetAddress.From(local.Address);
        Span<byte> name = stackalloc byte[28];
        try
        {
            var length = socket.GetRawSocketOption(address.IsIPv6 ? SolIPv6 : SolIp, SoOriginalDst, address.IsIPv6 ? name : name[..16]);
            return Read(name[..length], address.IsIPv6);
        }
        catch (SocketException)
        {
            // ENOENT: conntrack knows no translation, so the local address is the answer.
            return new NetEndpoint(address, (ushort)local.Port);
        }
    }

    private static NetEndpoint Read(ReadOnlySpan<byte> name, bool ipv6)
    {
        var address = NetAddress.FromBytes(ipv6 ? name.Slice(8, 16) : name.Slice(4, 4));
        return new NetEndpoint(address, BinaryPrimitives.ReadUInt16BigEndian(name[2..]));
    }
}
