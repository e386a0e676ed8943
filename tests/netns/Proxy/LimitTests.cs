using System.Net.Sockets;
using Intercept.Tests.Netns.Proxy.World;

namespace Intercept.Tests.Netns.Proxy;

/// <summary>What is bounded stays bounded, and what ran out comes back.</summary>
public sealed class LimitTests : ProxyTest
{
    [Fact]
    public async Task A_peer_that_never_reads_costs_no_more_than_a_buffer()
    {
        const int Flood = 1 << 30;
        var sent = 0L;
        var warm = true;
        using var flood = new Backend(async client =>
        {
            var chunk = new byte[1 << 20];
            if (Volatile.Read(ref warm))
            {
                return;
            }

            while (Interlocked.Read(ref sent) < Flood)
            {
                await client.GetStream().WriteAsync(chunk);
                Interlocked.Add(ref sent, chunk.Length);
            }
        });
        await Proxy.StartAsync(Plain(flood.Port));
        using var first = await Peer.ConnectAsync(Proxy.Port);
        await RunningProxy.EventuallyAsync(() => flood.Accepted == 1, () => "not connected");
        Volatile.Write(ref warm, false);
        var before = Proxy.ResidentKilobytes();
        var clients = new List<TcpClient>();
        for (var count = 0; count < 20; count++)
        {
            clients.Add(await Peer.ConnectAsync(Proxy.Port));
        }

        await RunningProxy.EventuallyAsync(() => flood.Accepted == 21, () => "not connected");

        // Until the kernel's buffers are full and nothing moves any more.
        for (var seen = -1L; seen != Interlocked.Read(ref sent); await Task.Delay(300))
        {
            seen = Interlocked.Read(ref sent);
        }

        Assert.InRange(Interlocked.Read(ref sent), 1 << 20, Flood - 1);
        Assert.InRange(Proxy.ResidentKilobytes() - before, -100_000, 20 * 200);
        clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task Accepting_pauses_when_20000_descriptors_run_out_and_goes_on_when_they_come_back()
    {
        // The backend is a process of its own: client and backend together would pass the limit of this one.
        using var backend = await EchoProcess.StartAsync(Proxy.Folder);
        await Proxy.StartAsync(Plain(backend.Port, maximumConnections: 20_000), descriptors: 20_000);
        var clients = new List<TcpClient>();
        for (var count = 0; count < 10_100; count++)
        {
            clients.Add(await Peer.ConnectAsync(Proxy.Port));
        }

        // Those that found no room wait in the kernel's queue, and none is reset.
        await RunningProxy.EventuallyAsync(() => Proxy.Occurrences("accepts nothing for") > 0, () => Proxy.Log);
        Assert.Equal("first", await Peer.AskAsync(clients[0].GetStream(), "first"));
        clients.GetRange(0, 5_000).ForEach(client => client.Dispose());
        Assert.Equal("last", await Peer.AskAsync(clients[^1].GetStream(), "last"));
        clients.ForEach(client => client.Dispose());
        Assert.False(Proxy.HasExited);
        Assert.DoesNotContain("out_of_descriptors", Proxy.AccessLog, StringComparison.Ordinal);
        await RunningProxy.EventuallyAsync(() => TryAskAsync().GetAwaiter().GetResult() == "again", () => $"it does not come back: {Proxy.Log}");
    }

    [Fact]
    public async Task A_source_may_hold_only_so_many_connections()
    {
        const string Limit = """
                - name: intercept.per_source_limit
                  typed_config: { "@type": type.googleapis.com/intercept.v1.PerSourceLimit, max_connections: 2 }
        """;
        await Proxy.StartAsync(Bootstrap.Of(
            [Bootstrap.Listener("plain", [Bootstrap.Chain("plain", "echo")], filters: Limit)], [Bootstrap.Cluster("echo", Echo.Port)]));
        using var first = await Peer.ConnectAsync(Proxy.Port);
        using var second = await Peer.ConnectAsync(Proxy.Port);
        Assert.Equal("one", await Peer.AskAsync(first.GetStream(), "one"));
        Assert.Equal("two", await Peer.AskAsync(second.GetStream(), "two"));
        Assert.Equal("", await TryAskAsync());
        await Proxy.LineAsync("downstream_over_limit");
        first.Close();
        await RunningProxy.EventuallyAsync(() => TryAskAsync().GetAwaiter().GetResult() == "again", () => "the place is not given back");
    }

    [Fact]
    public async Task A_cluster_takes_only_so_many_connections()
    {
        await Proxy.StartAsync(Bootstrap.Of(
            [Bootstrap.Listener("plain", [Bootstrap.Chain("plain", "echo")])],
            [Bootstrap.Cluster("echo", Echo.Port, extra: MaximumConnections(1))]));
        using var first = await Peer.ConnectAsync(Proxy.Port);
        Assert.Equal("one", await Peer.AskAsync(first.GetStream(), "one"));
        Assert.Equal("", await TryAskAsync());
        await Proxy.LineAsync("upstream_over_limit");
    }

    [Fact]
    public async Task An_idle_connection_ends_after_its_time()
    {
        await Proxy.StartAsync(Bootstrap.Of(
            [Bootstrap.Listener("plain", [Bootstrap.Chain("plain", "echo", idleTimeout: "0.3s")])], [Bootstrap.Cluster("echo", Echo.Port)]));
        using var client = await Peer.ConnectAsync(Proxy.Port);
        Assert.Equal("one", await Peer.AskAsync(client.GetStream(), "one"));
        await Peer.EndOfAsync(client.GetStream());
        await Proxy.LineAsync("downstream_idle_timeout");
    }

    private Task<string> TryAskAsync() => Peer.AskOnceAsync(Proxy.Port, "again");

    private static string Plain(int port, int maximumConnections = 1024) =>
        Bootstrap.Of([Bootstrap.Listener("plain", [Bootstrap.Chain("plain", "app")])], [Bootstrap.Cluster("app", port, extra: MaximumConnections(maximumConnections))]);

    private static string MaximumConnections(int limit) => $"      circuit_breakers: {{ thresholds: [ {{ max_connections: {limit} }} ] }}";
}
