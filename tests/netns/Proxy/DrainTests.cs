using System.Net.Sockets;
using Intercept.Tests.Netns.Proxy.World;
using Mono.Unix.Native;

namespace Intercept.Tests.Netns.Proxy;

public sealed class DrainTests : IAsyncLifetime, IDisposable
{
    private readonly RunningProxy _proxy = new();
    private readonly Backend _echo = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _proxy.DisposeAsync();

    public void Dispose() => _echo.Dispose();

    [Fact]
    public async Task SIGTERM_stops_accepting_and_ends_when_the_last_connection_does()
    {
        await StartAsync(drainSeconds: 60);
        using var client = await Peer.ConnectAsync(_proxy.Port);
        Assert.Equal("one", await Peer.AskAsync(client.GetStream(), "one"));

        _proxy.Signal(Signum.SIGTERM);
        await RunningProxy.EventuallyAsync(() => _proxy.Occurrences("draining 1 connections") > 0, () => _proxy.Log);
        await Assert.ThrowsAsync<SocketException>(() => Peer.ConnectAsync(_proxy.Port));
        Assert.Equal("two", await Peer.AskAsync(client.GetStream(), "two"));
        Assert.False(_proxy.HasExited);

        var stream = client.GetStream();
        client.Client.Shutdown(SocketShutdown.Send);
        Assert.Equal("", await Peer.EndOfAsync(stream));
        Assert.Equal(0, await _proxy.ExitAsync());
    }

    [Fact]
    public async Task Connections_that_outlast_the_drain_time_are_closed()
    {
        await StartAsync(drainSeconds: 1);
        using var client = await Peer.ConnectAsync(_proxy.Port);
        Assert.Equal("one", await Peer.AskAsync(client.GetStream(), "one"));
        _proxy.Signal(Signum.SIGTERM);
        Assert.Equal("reset", await Peer.EndOfAsync(client.GetStream()));
        Assert.Equal(0, await _proxy.ExitAsync());
        Assert.Equal("operator", (await _proxy.LineAsync("drained")).GetProperty("blame").GetString());
    }

    [Fact]
    public async Task A_second_SIGTERM_does_not_wait()
    {
        await StartAsync(drainSeconds: 60);
        using var client = await Peer.ConnectAsync(_proxy.Port);
        Assert.Equal("one", await Peer.AskAsync(client.GetStream(), "one"));
        _proxy.Signal(Signum.SIGTERM);
        await RunningProxy.EventuallyAsync(() => _proxy.Occurrences("draining 1 connections") > 0, () => _proxy.Log);
        _proxy.Signal(Signum.SIGTERM);
        Assert.Equal(0, await _proxy.ExitAsync());
    }

    private Task StartAsync(int drainSeconds) =>
        _proxy.StartAsync(
            Bootstrap.Of([Bootstrap.Listener("plain", [Bootstrap.Chain("plain", "echo")])], [Bootstrap.Cluster("echo", _echo.Port)]), drainSeconds);
}
