using System.Net.Sockets;
using Intercept.Tests.Netns.Proxy.World;
using Mono.Unix.Native;

namespace Intercept.Tests.Netns.Proxy;

public sealed class DrainTests : ProxyTest
{
    [Fact]
    public async Task SIGTERM_stops_accepting_and_ends_when_the_last_connection_does()
    {
        await StartAsync(drainSeconds: 60);
        using var client = await Peer.ConnectAsync(Proxy.Port);
        Assert.Equal("one", await Peer.AskAsync(client.GetStream(), "one"));

        Proxy.Signal(Signum.SIGTERM);
        await RunningProxy.EventuallyAsync(() => Proxy.Occurrences("draining 1 connections") > 0, () => Proxy.Log);
        await Assert.ThrowsAsync<SocketException>(() => Peer.ConnectAsync(Proxy.Port));
        Assert.Equal("two", await Peer.AskAsync(client.GetStream(), "two"));
        Assert.False(Proxy.HasExited);

        var stream = client.GetStream();
        client.Client.Shutdown(SocketShutdown.Send);
        Assert.Equal("", await Peer.EndOfAsync(stream));
        Assert.Equal(0, await Proxy.ExitAsync());
    }

    [Fact]
    public async Task Connections_that_outlast_the_drain_time_are_closed()
    {
        await StartAsync(drainSeconds: 1);
        using var client = await Peer.ConnectAsync(Proxy.Port);
        Assert.Equal("one", await Peer.AskAsync(client.GetStream(), "one"));
        Proxy.Signal(Signum.SIGTERM);
        Assert.Equal("reset", await Peer.EndOfAsync(client.GetStream()));
        Assert.Equal(0, await Proxy.ExitAsync());
        Assert.Equal("operator", (await Proxy.LineAsync("drained")).GetProperty("blame").GetString());
    }

    [Fact]
    public async Task A_second_SIGTERM_does_not_wait()
    {
        await StartAsync(drainSeconds: 60);
        using var client = await Peer.ConnectAsync(Proxy.Port);
        Assert.Equal("one", await Peer.AskAsync(client.GetStream(), "one"));
        Proxy.Signal(Signum.SIGTERM);
        await RunningProxy.EventuallyAsync(() => Proxy.Occurrences("draining 1 connections") > 0, () => Proxy.Log);
        Proxy.Signal(Signum.SIGTERM);
        Assert.Equal(0, await Proxy.ExitAsync());
    }

    private Task StartAsync(int drainSeconds) =>
        Proxy.StartAsync(
            Bootstrap.Of([Bootstrap.Listener("plain", [Bootstrap.Chain("plain", "echo")])], [Bootstrap.Cluster("echo", Echo.Port)]), drainSeconds);
}
