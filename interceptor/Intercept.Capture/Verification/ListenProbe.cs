using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Intercept.Capture.Verification;

/// <summary>
/// The listening child of a verification: stands on the proxy's ports and answers every token with the port that got it and
/// the original destination.
/// </summary>
internal sealed class ListenProbe : IDisposable
{
    private const int SolIp = 0;
    private const int IpTransparent = 19;
    private const int SolIPv6 = 41;
    private const int IPv6Transparent = 75;

    private readonly List<Socket> _listeners = [];
    private readonly List<Socket> _datagrams = [];

    /// <summary>False where IPv6 is switched off for this namespace, and so there is no ::1 in it.</summary>
    public static bool HasIPv6Loopback => File.Exists("/proc/net/if_inet6")
        && File.ReadLines("/proc/net/if_inet6").Any(line => line.StartsWith("00000000000000000000000000000001 ", StringComparison.Ordinal));

    /// <summary>Takes the ports that are free; a port that somebody listens on is left to him.</summary>
    /// <returns>The ports that are ours, in IPv4 and where there is IPv6 also in IPv6.</returns>
    public IReadOnlyList<ushort> Listen(IEnumerable<ushort> ports, bool transparent, bool onLoopback = false)
    {
        var families = onLoopback ? Families().Where(family => family == AddressFamily.InterNetwork || HasIPv6Loopback).ToArray() : Families();
        var ours = new List<ushort>();
        foreach (var port in ports)
        {
            var sockets = families.Select(family => new Socket(family, SocketType.Stream, ProtocolType.Tcp)).ToList();
            _listeners.AddRange(sockets);
            if (sockets.TrueForAll(socket => TryListen(socket, port, transparent, onLoopback)))
            {
                ours.Add(port);
            }
            else
            {
                sockets.ForEach(socket => socket.Dispose());
                sockets.ForEach(socket => _listeners.Remove(socket));
            }
        }

        return ours;
    }

    /// <summary>Datagram sockets are made after the change of user: rules that look at the owner look at who made the socket.</summary>
    public bool Bind(ushort port)
    {
        foreach (var family in Families())
        {
            var socket = new Socket(family, SocketType.Dgram, ProtocolType.Udp);
            _datagrams.Add(socket);
            if (!TryBind(socket, port))
            {
                _datagrams.ForEach(taken => taken.Dispose());
                _datagrams.Clear();
                return false;
            }
        }

        return true;
    }

    public Task ServeAsync(CancellationToken cancellation) =>
        Task.WhenAll(_listeners.Select(socket => AcceptAsync(socket, cancellation))
            .Concat(_datagrams.Select(socket => AnswerAsync(socket, cancellation))));

    public void Dispose()
    {
        _listeners.ForEach(socket => socket.Dispose());
        _datagrams.ForEach(socket => socket.Dispose());
    }

    private static IEnumerable<AddressFamily> Families() =>
        Socket.OSSupportsIPv6 ? [AddressFamily.InterNetwork, AddressFamily.InterNetworkV6] : [AddressFamily.InterNetwork];

    private static IPAddress Loopback(AddressFamily family) =>
        family == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Loopback : IPAddress.Loopback;

    private static IPAddress Any(AddressFamily family) =>
        family == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any;

    private static bool TryBind(Socket socket, ushort port)
    {
        var ipv6 = socket.AddressFamily == AddressFamily.InterNetworkV6;
        try
        {
            if (ipv6)
            {
                socket.DualMode = false;
            }

            // Redirected on output, a datagram goes to the loopback address, and its answer has to come from there: a socket that
            // is bound to any address would answer from the address of the interface, and nobody would take it for the answer.
            socket.Bind(new IPEndPoint(Loopback(socket.AddressFamily), port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static bool TryListen(Socket socket, ushort port, bool transparent, bool onLoopback)
    {
        try
        {
            var ipv6 = socket.AddressFamily == AddressFamily.InterNetworkV6;
            if (ipv6)
            {
                socket.DualMode = false;
            }

            if (transparent)
            {
                socket.SetRawSocketOption(ipv6 ? SolIPv6 : SolIp, ipv6 ? IPv6Transparent : IpTransparent, BitConverter.GetBytes(1));
            }

            socket.Bind(new IPEndPoint(onLoopback ? Loopback(socket.AddressFamily) : Any(socket.AddressFamily), port));
            socket.Listen();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static async Task AcceptAsync(Socket listener, CancellationToken cancellation)
    {
        var port = ((IPEndPoint)listener.LocalEndPoint!).Port.ToString(CultureInfo.InvariantCulture);
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(AnswerAsync(await listener.AcceptAsync(cancellation), port, cancellation));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private static async Task AnswerAsync(Socket connection, string port, CancellationToken cancellation)
    {
        using (connection)
        {
            try
            {
                var buffer = new byte[128];
                var length = await connection.ReceiveAsync(buffer, cancellation);
                var token = Encoding.ASCII.GetString(buffer, 0, length).Trim();
                await connection.SendAsync(Encoding.ASCII.GetBytes($"{token} {port} {OriginalDestination.Of(connection)}\n"), cancellation);
            }
            catch (Exception gone) when (gone is SocketException or OperationCanceledException)
            {
                // The probe reports what it saw; a connection that it gave up needs no answer.
            }
        }
    }

    private static async Task AnswerAsync(Socket socket, CancellationToken cancellation)
    {
        var local = (IPEndPoint)socket.LocalEndPoint!;
        var buffer = new byte[128];
        try
        {
            while (true)
            {
                var received = await socket.ReceiveFromAsync(buffer, new IPEndPoint(Any(socket.AddressFamily), 0), cancellation);
                var token = Encoding.ASCII.GetString(buffer, 0, received.ReceivedBytes).Trim();

                // Conntrack knows where a datagram was going, but no socket option tells it for UDP.
                await socket.SendToAsync(Encoding.ASCII.GetBytes($"{token} {local.Port} -\n"), received.RemoteEndPoint, cancellation);
            }
        }
        catch (Exception gone) when (gone is SocketException or OperationCanceledException)
        {
            // Cancelled, or an ICMP error of an earlier answer: the probe sees a timeout and reports it.
        }
    }
}
