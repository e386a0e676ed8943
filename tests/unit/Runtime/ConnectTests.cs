using System.Net;
using System.Net.Sockets;
using Intercept.Core.Addressing;
using Intercept.Runtime.Sockets;

namespace Intercept.Tests.Unit.Runtime;

public sealed class ConnectTests : IDisposable
{
    private readonly LoopFixture _fixture = new();

    [Fact]
    public async Task A_connection_that_was_reset_still_tells_where_it_came_from()
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        server.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        server.Listen();
        Assert.True(NetEndpoint.TryParse($"{server.LocalEndPoint}", out var remote));
        var result = await _fixture.OnLoopAsync(async () => await TcpSocket.ConnectAsync(_fixture.Loop, remote, new ConnectOptions { Timeout = LoopFixture.Patience }));
        using var accepted = await server.AcceptAsync();
        var from = $"{accepted.RemoteEndPoint}";

        // Closing with nothing to wait for is a reset.
        accepted.LingerState = new LingerOption(enable: true, seconds: 0);
        accepted.Close();
        await _fixture.EventuallyAsync(() => result.Socket!.Error != 0);

        Assert.Equal(from, await _fixture.OnLoopAsync(() => $"{result.Socket!.LocalEndpoint}"));
        await _fixture.OnLoopAsync(() =>
        {
            result.Socket!.Dispose();
            return true;
        });
    }

    public void Dispose() => _fixture.Dispose();
}
