using System.Net;
using System.Net.Sockets;
using Intercept.Core.Addressing;
using Intercept.Runtime.Sockets;

namespace Intercept.Tests.Unit.Runtime;

public sealed class ConnectTests : IDisposable
{
    private readonly LoopFixture _fixture = new();

    [Fact]
    public async Task A_connection_still_tells_where_it_came_from_when_it_is_closed()
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        server.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        server.Listen();
        Assert.True(NetEndpoint.TryParse($"{server.LocalEndPoint}", out var remote));
        var result = await _fixture.OnLoopAsync(
            async () => await TcpSocket.ConnectAsync(_fixture.Loop, remote, new ConnectOptions { Timeout = Patience.WithATask }));
        using var accepted = await server.AcceptAsync();

        var local = await _fixture.OnLoopAsync(() =>
        {
            result.Socket!.Dispose();
            return result.Socket.LocalEndpoint;
        });
        Assert.Equal($"{accepted.RemoteEndPoint}", $"{local}");
    }

    public void Dispose() => _fixture.Dispose();
}
