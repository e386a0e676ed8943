using System.Net;
using System.Net.Sockets;
using Intercept.Tests.Netns.Proxy.World;

namespace Intercept.Tests.Netns.Proxy;

/// <summary>Upstreams that fail: the client learns of it, and the access log says why.</summary>
public sealed class UpstreamTests : ProxyTest
{
    [Fact]
    public async Task An_upstream_that_refuses_resets_the_client()
    {
        await StartAsync(Backend.ClosedPort());
        await ExpectResetAsync();
        var line = await Proxy.LineAsync("upstream_connect_refused");
        Assert.Equal("upstream", line.GetProperty("blame").GetString());
        Assert.Equal("Connection refused", line.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task An_upstream_that_does_not_answer_times_out()
    {
        // A full queue drops the SYN: the kernel of an overloaded host.
        using var full = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        full.Listen(0);
        var port = ((IPEndPoint)full.LocalEndPoint!).Port;
        using var queued = await Peer.ConnectAsync(port);
        await StartAsync(port, connectTimeout: "0.5s");
        await ExpectResetAsync();
        await Proxy.LineAsync("upstream_connect_timeout");
    }

    [Fact]
    public async Task An_upstream_that_resets_resets_the_client()
    {
        using var resetting = new Backend(async client =>
        {
            await client.GetStream().ReadExactlyAsync(new byte[3]);
            client.Client.LingerState = new LingerOption(true, 0);
            client.Client.Close();
        });
        await StartAsync(resetting.Port);
        using var client = await Peer.ConnectAsync(Proxy.Port);
        await client.GetStream().WriteAsync("one"u8.ToArray());
        Assert.Equal("reset", await Peer.EndOfAsync(client.GetStream()));
        await Proxy.LineAsync("upstream_reset");
    }

    [Fact]
    public async Task A_client_that_resets_resets_the_upstream()
    {
        var ended = new TaskCompletionSource<string>();
        using var backend = new Backend(async client =>
        {
            await client.GetStream().ReadExactlyAsync(new byte[3]);
            await client.GetStream().WriteAsync("yes"u8.ToArray());
            ended.SetResult(await Peer.EndOfAsync(client.GetStream()));
        });
        await StartAsync(backend.Port);
        using var client = await Peer.ConnectAsync(Proxy.Port);
        Assert.Equal("yes", await Peer.AskAsync(client.GetStream(), "one"));

        // The socket, not the TcpClient: that one would send a FIN first.
        client.Client.LingerState = new LingerOption(true, 0);
        client.Client.Close();

        Assert.Equal("reset", await ended.Task.WaitAsync(Patience.WithAProgram));
        await Proxy.LineAsync("downstream_reset");
    }

    [Fact]
    public async Task Half_close_is_kept_both_ways()
    {
        using var counting = new Backend(async client =>
        {
            var stream = client.GetStream();
            var total = 0;
            var buffer = new byte[4096];
            for (int got; (got = await stream.ReadAsync(buffer)) > 0;)
            {
                total += got;
            }

            // Only after the client's end: as `wc` does.
            await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"{total}"));
            client.Client.Shutdown(SocketShutdown.Send);
        });
        await StartAsync(counting.Port);
        using var client = await Peer.ConnectAsync(Proxy.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(new byte[100_000]);
        client.Client.Shutdown(SocketShutdown.Send);
        using var reader = new StreamReader(stream);
        Assert.Equal("100000", await reader.ReadToEndAsync().WaitAsync(Patience.WithAProgram));
        await Proxy.LineAsync("downstream_closed");
    }

    [Fact]
    public async Task A_connection_straight_to_a_port_of_the_proxy_is_refused()
    {
        using var echo = new Backend();
        await Proxy.StartAsync(Bootstrap.Of(
            [Bootstrap.Listener("outbound", [Bootstrap.Chain("plain", "away")], filters: Bootstrap.OriginalDestinationFilter, direction: "OUTBOUND", port: Backend.ClosedPort())],
            ["    - { name: away, type: ORIGINAL_DST, lb_policy: CLUSTER_PROVIDED, connect_timeout: 1s }"]));
        using var client = await Peer.ConnectAsync(Proxy.Port);
        Assert.Equal("", await Peer.AskAsync(client.GetStream(), "round and round"));
        await Proxy.LineAsync("original_destination_is_listener");
    }

    private Task StartAsync(int port, string connectTimeout = "5s") =>
        Proxy.StartAsync(Bootstrap.Of(
            [Bootstrap.Listener("plain", [Bootstrap.Chain("plain", "app")])], [Bootstrap.Cluster("app", port, connectTimeout: connectTimeout)]));

    private async Task ExpectResetAsync() => Assert.Equal("reset", await Peer.ConnectAndReadAsync(Proxy.Port));
}
