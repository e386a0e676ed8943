using Intercept.Tests.Netns.Proxy.World;

namespace Intercept.Tests.Netns.Proxy;

public sealed class BalancingTests : ProxyTest
{
    [Fact]
    public async Task Takes_the_endpoints_of_a_cluster_in_turn()
    {
        using var first = new Backend();
        using var second = new Backend();
        var cluster = $$"""
            - name: app
              type: STATIC
              load_assignment:
                cluster_name: app
                endpoints:
                  - lb_endpoints:
                      - { endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: {{first.Port}} } } } }
                      - { endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: {{second.Port}} } } } }
        """;
        await Proxy.StartAsync(Bootstrap.Of([Plain], [cluster]), concurrency: 1);
        await AskAsync(10);
        Assert.Equal((5, 5), (first.Accepted, second.Accepted));
    }

    [Fact]
    public async Task Finds_the_endpoints_of_a_strict_dns_cluster_by_name()
    {
        using var backend = new Backend();
        var cluster = $$"""
            - name: app
              type: STRICT_DNS
              dns_lookup_family: V4_ONLY
              load_assignment: { cluster_name: app, endpoints: [ { lb_endpoints: [ { endpoint: { address: { socket_address: { address: localhost, port_value: {{backend.Port}} } } } } ] } ] }
        """;
        await Proxy.StartAsync(Bootstrap.Of([Plain], [cluster]));

        // localhost may be ::1 as well, where the backend does not listen.
        await AskAsync(10);
    }

    [Fact]
    public async Task Refuses_while_a_name_does_not_resolve_and_says_so()
    {
        const string Cluster = """
            - name: app
              type: STRICT_DNS
              load_assignment: { cluster_name: app, endpoints: [ { lb_endpoints: [ { endpoint: { address: { socket_address: { address: nowhere.invalid, port_value: 80 } } } } ] } ] }
        """;
        await Proxy.StartAsync(Bootstrap.Of([Plain], [Cluster]));
        Assert.Equal("", await TryAsync());
        await Proxy.LineAsync("upstream_no_healthy_endpoint");
        Assert.Contains("nowhere.invalid does not resolve", Proxy.Log, StringComparison.Ordinal);
    }

    private static string Plain => Bootstrap.Listener("plain", [Bootstrap.Chain("plain", "app")]);

    private async Task AskAsync(int times)
    {
        for (var count = 0; count < times; count++)
        {
            Assert.Equal("hello", await TryAsync());
        }
    }

    private async Task<string> TryAsync()
    {
        try
        {
            using var client = await Peer.ConnectAsync(Proxy.Port);
            return await Peer.AskAsync(client.GetStream(), "hello");
        }
        catch (System.Net.Sockets.SocketException)
        {
            return "";
        }
    }
}
