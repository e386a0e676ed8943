using System.Net;
using System.Net.Sockets;
using System.Text;
using Intercept.Tests.Conformance.Peers;

namespace Intercept.Tests.Conformance.Proxy;

/// <summary>The proxy as people run it, fed by an ADS server that is not ours.</summary>
public sealed class FedProxyTests : IAsyncLifetime
{
    // In the --state-dir, once it is whole.
    private const string StateFile = "control-plane.state";

    private readonly string _folder = Directory.CreateTempSubdirectory("intercept-conformance-").FullName;
    private readonly NamedUpstream _first = new("first");
    private readonly NamedUpstream _second = new("second");
    private readonly int _port = FreePorts.Next();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _first.DisposeAsync();
        await _second.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Serves_follows_and_stops_as_the_server_says(bool withoutDelta)
    {
        await using var server = await AdsServer.StartAsync(new { withoutDelta });
        await FeedAsync(server);
        await using var proxy = RunningProxy.Start(server.Address, _folder);
        await proxy.ExpectAsync(_port, "first");

        await SetAsync(server, "Endpoint", "web", Assignment(_second));
        await proxy.ExpectAsync(_port, "second");
        await server.SendAsync(new { command = "remove", type = "Listener", names = new[] { "web" } });
        await proxy.ExpectAsync(_port, null);
        await server.ExpectNoViolationAsync();
        Assert.DoesNotContain(server.Events("request"), request => request.TryGetProperty("refusal", out _));
    }

    [Fact]
    public async Task Refuses_a_listener_that_it_would_weaken_by_name_and_keeps_the_one_that_it_has()
    {
        await using var server = await AdsServer.StartAsync();
        await FeedAsync(server);
        await using var proxy = RunningProxy.Start(server.Address, _folder);
        await proxy.ExpectAsync(_port, "first");
        var other = FreePorts.Next();
        await SetAsync(server, "Listener", "web", Listener(_port, "unknown.Filter"));
        await SetAsync(server, "Listener", "other", Listener(other, "unknown.Filter"));

        foreach (var name in (string[])["web", "other"])
        {
            var request = await server.ExpectRequestAsync(request => request.TryGetProperty("refusal", out var text)
                && text.GetString()!.Contains($"Listener '{name}'", StringComparison.Ordinal));
            Assert.Contains("unknown.Filter", request.GetProperty("refusal").GetString(), StringComparison.Ordinal);
        }

        Assert.Equal("first", await RunningProxy.CallAsync(_port));
        var stats = await proxy.PageAsync("/stats");
        Assert.Contains("listener_manager.lds.update_rejected: 2\n", stats, StringComparison.Ordinal);
        Assert.Contains("cluster_manager.cds.update_rejected: 0\n", stats, StringComparison.Ordinal);
        Assert.Contains("cluster_manager.cds.update_success: 1\n", stats, StringComparison.Ordinal);
        Assert.Contains("envoy_listener_manager_lds_update_rejected 2\n", await proxy.PageAsync("/stats/prometheus"), StringComparison.Ordinal);

        // Nobody else gets what was meant for it.
        await proxy.ExpectAsync(other, "");
    }

    [Fact]
    public async Task Holds_its_connections_and_serves_on_when_the_server_is_gone_and_when_it_is_back()
    {
        var server = await AdsServer.StartAsync(new { unix = Path.Combine(_folder, "xds.sock") });
        await FeedAsync(server);
        await using var proxy = RunningProxy.Start(server.Address, _folder);
        await proxy.ExpectAsync(_port, "first");
        using var kept = new TcpClient();
        await kept.ConnectAsync(IPAddress.Loopback, _port);
        Assert.Equal("first", await ReadAsync(kept));
        await server.DisposeAsync();
        File.Delete(Path.Combine(_folder, "xds.sock"));

        Assert.Equal("still here", await EchoAsync(kept, "still here"));
        Assert.Equal("first", await RunningProxy.CallAsync(_port));

        await using var next = await AdsServer.StartAsync(new { unix = Path.Combine(_folder, "xds.sock") });
        await FeedAsync(next);
        await SetAsync(next, "Endpoint", "web", Assignment(_second));
        await proxy.ExpectAsync(_port, "second");
        Assert.Equal("and here", await EchoAsync(kept, "and here"));
        await next.ExpectNoViolationAsync();
    }

    [Fact]
    public async Task Starts_from_its_disk_while_the_server_is_away()
    {
        var server = await AdsServer.StartAsync();
        await FeedAsync(server);
        await using (var proxy = RunningProxy.Start(server.Address, _folder))
        {
            await proxy.ExpectAsync(_port, "first");
            await UntilKeptAsync();
        }

        await server.DisposeAsync();

        // Reading the disk and starting to serve are two threads: whichever is first, the state is served.
        for (var start = 0; start < 20; start++)
        {
            await using var again = RunningProxy.Start(server.Address, _folder);
            await again.ExpectAsync(_port, "first");
        }
    }

    private async Task FeedAsync(AdsServer server)
    {
        await SetAsync(server, "Cluster", "web", new
        {
            type = "EDS",
            connect_timeout = new { seconds = 5 },
            eds_cluster_config = new { eds_config = new { ads = new { }, resource_api_version = "V3" } },
        });
        await SetAsync(server, "Endpoint", "web", Assignment(_first));
        await SetAsync(server, "Listener", "web", Listener(_port, "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy"));
    }

    private static Task SetAsync(AdsServer server, string type, string name, object body) =>
        server.SendAsync(new { command = "set", type, resources = new[] { new { name, body } } });

    private static object Assignment(NamedUpstream upstream) => new
    {
        endpoints = new[] { new { lb_endpoints = new[] { new { endpoint = new { address = SocketAddress(upstream.Port) } } } } },
    };

    private static object Listener(int port, string filter) => new
    {
        address = SocketAddress(port),
        filter_chains = new[] { new { filters = new[] { new { name = "filter", typed_config = Filter(filter) } } } },
    };

    // What the protos of the peer do not know, it sends as the bytes of an Any.
    private static object Filter(string message) => message.StartsWith("envoy.", StringComparison.Ordinal)
        ? new Dictionary<string, object> { ["@type"] = $"type.googleapis.com/{message}", ["stat_prefix"] = "web", ["cluster"] = "web" }
        : new { type_url = $"type.googleapis.com/{message}" };

    private static object SocketAddress(int port) => new { socket_address = new { address = "127.0.0.1", port_value = port } };

    private async Task UntilKeptAsync()
    {
        var until = Environment.TickCount64 + (long)Patience.WithAProgram.TotalMilliseconds;
        while (!File.Exists(Path.Combine(_folder, StateFile)) && Environment.TickCount64 < until)
        {
            await Task.Delay(20);
        }
    }

    private static async Task<string> EchoAsync(TcpClient client, string text)
    {
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text));
        return await ReadAsync(client);
    }

    private static async Task<string> ReadAsync(TcpClient client)
    {
        var buffer = new byte[64];
        return Encoding.ASCII.GetString(buffer, 0, await client.GetStream().ReadAsync(buffer));
    }
}
