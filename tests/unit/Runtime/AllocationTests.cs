using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Intercept.Core.Addressing;
using Intercept.Runtime.Relays;
using Intercept.Runtime.Sockets;
using Intercept.Runtime.Tls;

namespace Intercept.Tests.Unit.Runtime;

/// <summary>A request on a connection that is kept costs the garbage collector nothing.</summary>
public sealed class AllocationTests : IDisposable
{
    private const int Requests = 500;

    // What asking the loop itself allocates, once: far less than one object for every request.
    private const int Asking = 4096;

    private static readonly byte[] _request = Encoding.ASCII.GetBytes("GET key-of-some-length\r\n");

    private readonly TlsFixture _fixture = new();

    private LoopFixture Loop => _fixture.Loop;

    [Fact]
    public async Task Relaying_plaintext_allocates_nothing_for_a_request()
    {
        using var pair = await LoopbackPair.ConnectAsync(Loop);
        using var client = new NetworkStream(pair.Client);

        await AssertAllocatesNothingAsync(client, pair.Server);
        Assert.True(await Loop.OnLoopAsync(() => pair.Relay.Current!.BytesToUpstream > Requests));
    }

    [Fact]
    public async Task Relaying_from_TLS_allocates_nothing_for_a_request()
    {
        using var context = _fixture.ServerContext(_fixture.Options(_fixture.Authority.Issue(TlsFixture.Server)) with { Peer = PeerCertificateMode.None });
        using var upstream = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        upstream.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        upstream.Listen(1);
        var port = (ushort)((IPEndPoint)upstream.LocalEndPoint!).Port;
        var listener = await Loop.ListenAsync(async transport =>
        {
            using var downstream = TlsSocket.Accept(transport, context);
            Assert.True((await downstream.HandshakeAsync(Patience.WithATask)).IsCompleted);
            var connected = await TcpSocket.ConnectAsync(
                Loop.Loop, new NetEndpoint(NetAddress.LoopbackIPv4, port), new ConnectOptions { Timeout = Patience.WithATask });
            using var server = connected.Socket!;
            await Relay.RunAsync(downstream, server, new RelayOptions());
        });
        using var tcp = new TcpClient { NoDelay = true };
        await tcp.ConnectAsync(IPAddress.Loopback, listener.LocalEndpoint.Port);
        using var client = new SslStream(tcp.GetStream(), false, static (_, _, _, _) => true);
        await client.AuthenticateAsClientAsync("server").WaitAsync(Patience.WithATask);
        using var accepted = await upstream.AcceptAsync().WaitAsync(Patience.WithATask);

        await AssertAllocatesNothingAsync(client, accepted);
        Loop.Loop.Post(listener.Dispose);
    }

    public void Dispose() => _fixture.Dispose();

    private async Task AssertAllocatesNothingAsync(Stream client, Socket server)
    {
        server.NoDelay = true;
        server.ReceiveTimeout = (int)Patience.WithATask.TotalMilliseconds;

        // Pools fill and methods are compiled before it is counted.
        Exchange(client, server, 100);
        var before = await AllocatedAsync();
        Exchange(client, server, Requests);
        var allocated = await AllocatedAsync() - before;

        Assert.InRange(allocated, 0, Asking);
    }

    private Task<long> AllocatedAsync() => Loop.OnLoopAsync(GC.GetAllocatedBytesForCurrentThread);

    private static void Exchange(Stream client, Socket server, int rounds)
    {
        var buffer = new byte[_request.Length];
        for (var round = 0; round < rounds; round++)
        {
            client.Write(_request);
            for (var received = 0; received < buffer.Length;)
            {
                received += server.Receive(buffer, received, buffer.Length - received, SocketFlags.None);
            }

            server.Send(buffer);
            client.ReadExactly(buffer);
        }
    }
}
