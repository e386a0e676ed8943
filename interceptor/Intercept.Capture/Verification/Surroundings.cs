using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Intercept.Core.Addressing;

namespace Intercept.Capture.Verification;

/// <summary>What the namespace can reach, so that a probe fails for want of capture and not for want of a route.</summary>
internal static class Surroundings
{
    /// <returns>The source address and interface that the kernel would choose, or null where there is no route.</returns>
    public static (NetAddress Source, string Interface)? RouteTo(NetEndpoint destination)
    {
        var remote = new IPEndPoint(destination.Address.ToIPAddress(), destination.Port);
        try
        {
            // Connecting a datagram socket asks for the route and sends nothing.
            using var socket = new Socket(remote.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(remote);
            var source = ((IPEndPoint)socket.LocalEndPoint!).Address;
            return (NetAddress.From(source), InterfaceOf(source));
        }
        catch (SocketException)
        {
            return null;
        }
    }

    /// <summary>An address of this namespace that is not loopback: what a service address ends up at.</summary>
    public static NetAddress? OwnAddress(bool ipv6)
    {
        foreach (var address in Interfaces().SelectMany(nic => nic.GetIPProperties().UnicastAddresses).Select(unicast => unicast.Address))
        {
            if (address.AddressFamily == (ipv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork)
                && !IPAddress.IsLoopback(address) && !address.IsIPv6LinkLocal && NetAddress.From(address) != Planning.CapturePlan.PassthroughIPv6)
            {
                return NetAddress.From(address);
            }
        }

        return null;
    }

    private static string InterfaceOf(IPAddress address) =>
        Interfaces().FirstOrDefault(nic => nic.GetIPProperties().UnicastAddresses.Any(unicast => unicast.Address.Equals(address)))?.Name ?? "lo";

    private static IEnumerable<NetworkInterface> Interfaces() =>
        NetworkInterface.GetAllNetworkInterfaces().Where(nic => nic.OperationalStatus != OperationalStatus.Down);
}
