using System.Globalization;
using System.Net;
using Intercept.Tests.Netns.Proxy.World;
using Mono.Unix.Native;

namespace Intercept.Tests.Netns.Proxy;

/// <summary>Readiness and admin of the running program.</summary>
public sealed class OperationTests : ProxyTest
{
    private readonly int _admin = Backend.ClosedPort();
    private readonly HttpClient _http = new();

    public override async Task DisposeAsync()
    {
        _http.Dispose();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task Is_ready_when_it_serves_and_not_while_it_drains()
    {
        var health = Backend.ClosedPort();
        await StartAsync($"127.0.0.1:{health}");
        var ready = new Uri($"http://127.0.0.1:{health}/healthz/ready");
        Assert.Equal(HttpStatusCode.OK, (await _http.GetAsync(ready)).StatusCode);
        using var client = await Peer.ConnectAsync(Proxy.Port);
        Assert.Equal("one", await Peer.AskAsync(client.GetStream(), "one"));
        Proxy.Signal(Signum.SIGTERM);
        await RunningProxy.EventuallyAsync(
            () => _http.GetAsync(ready).GetAwaiter().GetResult().StatusCode == HttpStatusCode.ServiceUnavailable, () => "still ready");
        client.Close();
        Assert.Equal(0, await Proxy.ExitAsync());
    }

    [Fact]
    public async Task Counts_what_it_carried()
    {
        await StartAsync();
        using (var client = await Peer.ConnectAsync(Proxy.Port))
        {
            Assert.Equal("hello", await Peer.AskAsync(client.GetStream(), "hello"));
        }

        await Proxy.LineAsync("downstream_closed");
        var stats = await GetAsync("stats");
        Assert.Contains("tcp.plain.downstream_cx_rx_bytes_total: 5\n", stats, StringComparison.Ordinal);
        Assert.Contains("cluster.echo.upstream_cx_total: 1\n", stats, StringComparison.Ordinal);
        Assert.Contains("cluster.echo.upstream_cx_active: 0\n", stats, StringComparison.Ordinal);
        Assert.Contains("listener.plain.downstream_cx_active: 0\n", stats, StringComparison.Ordinal);
        Assert.Contains(
            "envoy_cluster_upstream_cx_total{envoy_cluster_name=\"echo\"} 1\n", await GetAsync("stats/prometheus"), StringComparison.Ordinal);
        Assert.Contains($"echo::127.0.0.1:{Echo.Port}::cx_total::1\n", await GetAsync("clusters"), StringComparison.Ordinal);
        Assert.Contains($"plain::127.0.0.1:{Proxy.Port}", await GetAsync("listeners"), StringComparison.Ordinal);
        Assert.Contains("\"echo\"", await GetAsync("config_dump"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shows_the_configuration_that_it_refused()
    {
        await StartAsync();
        await File.AppendAllTextAsync(Proxy.ConfigPath, "dynamic_resource: {}\n");
        await RunningProxy.EventuallyAsync(() => Proxy.Occurrences("configuration refused") > 0, () => Proxy.Log);
        Assert.Contains("dynamic_resource", await GetAsync("config_dump"), StringComparison.Ordinal);
        Assert.Contains("intercept.configuration.update_rejected: 1\n", await GetAsync("stats"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stops_accepting_when_its_listeners_are_drained_and_ends_when_told_to_quit()
    {
        await StartAsync();
        using var client = await Peer.ConnectAsync(Proxy.Port);
        Assert.Equal("one", await Peer.AskAsync(client.GetStream(), "one"));
        await PostAsync("drain_listeners");
        await RunningProxy.EventuallyAsync(() => !CanConnect(), () => "it still accepts");
        Assert.Equal("two", await Peer.AskAsync(client.GetStream(), "two"));
        await PostAsync("quitquitquit");
        Assert.Equal(0, await Proxy.ExitAsync());
    }

    [Fact]
    public async Task Will_not_start_beside_another_on_its_admin_port()
    {
        await StartAsync();
        await using var second = new RunningProxy();
        await File.WriteAllTextAsync(second.ConfigPath, Configuration());
        var finished = await Capture.World.Programs.RunAsync(RunningProxy.Program, "-c", second.ConfigPath, "--health-address", "off");
        Assert.Equal(1, finished.ExitCode);
        Assert.Contains($"127.0.0.1:{_admin}", finished.Error, StringComparison.Ordinal);
        Assert.Contains("Address already in use", finished.Error, StringComparison.Ordinal);
    }

    private Task StartAsync(string health = "off") => Proxy.StartAsync(Configuration(), health: health);

    private string Configuration() =>
        string.Create(CultureInfo.InvariantCulture, $"admin: {{ address: {{ socket_address: {{ address: 127.0.0.1, port_value: {_admin} }} }} }}\n")
        + Bootstrap.Of([Bootstrap.Listener("plain", [Bootstrap.Chain("plain", "echo")])], [Bootstrap.Cluster("echo", Echo.Port)]);

    private bool CanConnect()
    {
        try
        {
            using var client = Peer.ConnectAsync(Proxy.Port).GetAwaiter().GetResult();
            return true;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false;
        }
    }

    private Task<string> GetAsync(string path) => _http.GetStringAsync(new Uri($"http://127.0.0.1:{_admin}/{path}"));

    private async Task PostAsync(string path)
    {
        using var response = await _http.PostAsync(new Uri($"http://127.0.0.1:{_admin}/{path}"), null);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }
}
