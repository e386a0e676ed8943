using System.Globalization;
using Intercept.Tests.Netns.Proxy.World;
using static Intercept.Tests.Netns.Proxy.World.Bootstrap;

namespace Intercept.Tests.Netns.Proxy;

/// <summary>
/// Captured connections and listeners without sockets of their own: each is served by the listener of its original
/// destination, as istiod arranges outbound listeners.
/// </summary>
public sealed class HandOverTests : IAsyncLifetime
{
    private const int OutboundPort = 15001;

    private readonly CapturedNamespace _namespace = new("10.96.0.0/16", OutboundPort);
    private readonly RunningProxy _proxy = new();

    [Fact]
    public async Task A_connection_is_served_by_the_listener_of_its_exact_destination_else_of_its_port_else_by_its_own()
    {
        await StartAsync();

        Assert.Equal("exact", await _namespace.AskAsync("10.96.0.1", 80));
        Assert.Equal("port", await _namespace.AskAsync("10.96.0.2", 80));
        Assert.Equal("own", await _namespace.AskAsync("10.96.0.2", 81));
        await _proxy.LineAsync(line => line.GetProperty("listener").GetString() == "10.96.0.1_80");
        await _proxy.LineAsync(line => line.GetProperty("listener").GetString() == "0.0.0.0_80");
        await _proxy.LineAsync(line => line.GetProperty("listener").GetString() == "virtualOutbound");
    }

    [Fact]
    public async Task A_straight_connection_to_the_proxy_s_own_port_is_still_refused()
    {
        await StartAsync();

        Assert.Equal("", await _namespace.AskAsync("127.0.0.1", OutboundPort));
        await _proxy.LineAsync("original_destination_is_listener");
    }

    public Task InitializeAsync() => _namespace.StartAsync();

    public async Task DisposeAsync()
    {
        await _proxy.DisposeAsync();
        await _namespace.DisposeAsync();
    }

    private async Task StartAsync()
    {
        var (exact, port, own) = (await _namespace.AnswerAsync("exact"), await _namespace.AnswerAsync("port"), await _namespace.AnswerAsync("own"));
        await _proxy.StartAsync(
            Of(
                [
                    Listener("virtualOutbound", [Chain("own", "own")], OutboundPort, extra: "      use_original_dst: true", direction: "OUTBOUND"),
                    Unbound("10.96.0.1_80", "10.96.0.1", 80, "exact"),
                    Unbound("0.0.0.0_80", "0.0.0.0", 80, "port"),
                ],
                [Cluster("exact", exact), Cluster("port", port), Cluster("own", own)]),
            prefix: _namespace.Prefix);
    }

    private static string Unbound(string name, string address, int port, string cluster) =>
        $$"""
            - name: {{name}}
              traffic_direction: OUTBOUND
              bind_to_port: false
              address: { socket_address: { address: {{address}}, port_value: {{port.ToString(CultureInfo.InvariantCulture)}} } }
              filter_chains:
        {{Chain(cluster, cluster)}}
        """;
}
