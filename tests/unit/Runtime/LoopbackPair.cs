using System.Net;
using System.Net.Sockets;

namespace Intercept.Tests.Unit.Runtime;

/// <summary>Ordinary blocking sockets on both ends of a relay.</summary>
internal sealed class LoopbackPair : IDisposable
{
    private LoopbackPair(Socket client, Socket server, RelayUnderTest relay)
    {
        Client = client;
        Server = server;
        Relay = relay;
    }

    internal Socket Client { get; }

    internal Socket Server { get; }

    internal RelayUnderTest Relay { get; }

    internal static async Task<LoopbackPair> ConnectAsync(LoopFixture fixture, Intercept.Runtime.Relays.RelayOptions? options = null)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        var relay = await fixture.RelayAsync(((IPEndPoint)listener.LocalEndPoint!).Port, options);
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, relay.Port);
        var server = await listener.AcceptAsync().WaitAsync(Patience.WithATask);
        client.ReceiveTimeout = server.ReceiveTimeout = (int)Patience.WithATask.TotalMilliseconds;
        return new LoopbackPair(client, server, relay);
    }

    internal static string ReceiveText(Socket socket, int length)
    {
        var bytes = new byte[length];
        for (var received = 0; received < length;)
        {
            var count = socket.Receive(bytes, received, length - received, SocketFlags.None);
            Assert.True(count > 0, $"the stream ended after {received} of {length} bytes");
            received += count;
        }

        return System.Text.Encoding.ASCII.GetString(bytes);
    }

    internal static void AssertEnds(Socket socket) => Assert.Equal(0, socket.Receive(new byte[1]));

    internal static void AssertIsReset(Socket socket)
    {
        var error = Assert.Throws<SocketException>(() =>
        {
            while (socket.Receive(new byte[64 * 1024]) > 0)
            {
            }
        });
        Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
    }

    internal static void Reset(Socket socket)
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Close();
    }

    public void Dispose()
    {
        Client.Dispose();
        Server.Dispose();
    }
}
