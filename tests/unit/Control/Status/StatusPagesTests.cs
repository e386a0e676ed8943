using System.Net;
using System.Text.Json;
using Intercept.Control.CommandLine;
using Intercept.Control.Commands;
using Intercept.Control.Status;
using Intercept.Core.Problems;
using Intercept.Tests.Unit.Control.Serving;
using Intercept.Xds.Discovery;

namespace Intercept.Tests.Unit.Control.Status;

public sealed class StatusPagesTests
{
    [Fact]
    public async Task Is_ready_when_manifests_are_in_force_and_until_it_ends()
    {
        await using var server = await ServerUnderTest.StartAsync("");
        using var client = new HttpClient();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await GetAsync("/ready"));
        Assert.Equal(HttpStatusCode.OK, await GetAsync("/healthz"));
        server.Change("cds a=1");
        Assert.Equal(HttpStatusCode.OK, await GetAsync("/ready"));
        server.Reading.Stopping();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await GetAsync("/ready"));

        async Task<HttpStatusCode> GetAsync(string path) => (await client.GetAsync(new Uri($"http://{server.Addresses.Status[0]}{path}"))).StatusCode;
    }

    [Fact]
    public async Task Tells_metrics_in_the_text_that_Prometheus_reads()
    {
        await using var server = await ServerUnderTest.StartAsync("cds a=1");
        using var client = new HttpClient();
        using var response = await client.GetAsync(new Uri($"http://{server.Addresses.Status[0]}/metrics"));
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", $"{response.Content.Headers.ContentType}");
        var text = await response.Content.ReadAsStringAsync();
        Assert.Contains("# TYPE pilot_proxy_convergence_time histogram\n", text, StringComparison.Ordinal);
        Assert.Contains("pilot_proxy_convergence_time_bucket{le=\"+Inf\"} 0\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/status")]
    [InlineData("/metrics")]
    [InlineData("/nothing")]
    public async Task Serves_pages_by_the_status_door_and_not_by_that_of_xDS(string path)
    {
        await using var server = await ServerUnderTest.StartAsync("cds a=1");
        using var client = new HttpClient { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(new Uri($"http://{server.Addresses.Plaintext[0]}{path}"))).StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Tells_who_is_connected_and_what_is_wrong(bool isBySocket)
    {
        await using var server = await ServerUnderTest.StartAsync("cds a=1 | lds l=1");
        server.Source.Problems = [new Problem("bad.yaml", 3, "spec.rules[0]", "x", "is no rule", "a rule")];
        using var proxy = new DeltaProxy(server.Client(), DeltaProxy.NodeOf("web"));
        await proxy.SubscribeAsync(ResourceType.Cluster);
        Assert.Equal("a=1", await proxy.TakeAsync());
        await proxy.SubscribeAsync(ResourceType.Listener);
        await proxy.RejectAsync(await proxy.ReadAsync(), "l has no address");
        var options = new StatusOptions(server.Addresses.Status[0], isBySocket ? server.Addresses.Socket : null, IsJson: true);
        var status = await StatusAsync(options, status => status.Proxies is [{ Types: [{ State: "synced" }, { State: "rejected" }] }]);
        Assert.Equal((1, true), (status.Generation, status.IsReady));
        Assert.Equal("bad.yaml:3: spec.rules[0] 'x' is no rule; allowed: a rule", Assert.Single(status.Problems).Text);
        var connected = Assert.Single(status.Proxies);
        Assert.Equal(("sidecar~10.0.0.1~web.shop~shop.svc.cluster.local", "delta", "l has no address"), (connected.Node, connected.Protocol, connected.Types[1].Rejection));

        using var text = new StringWriter();
        Assert.Equal(0, await StatusCommand.RunAsync(options with { IsJson = false }, text, TextWriter.Null, CancellationToken.None));
        Assert.Contains("lds refused: l has no address", $"{text}", StringComparison.Ordinal);
        Assert.Contains("  bad.yaml:3: spec.rules[0]", $"{text}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_that_nobody_answers()
    {
        using var error = new StringWriter();
        var options = new StatusOptions(new IPEndPoint(IPAddress.Loopback, 1), null, IsJson: false);
        Assert.Equal(1, await StatusCommand.RunAsync(options, TextWriter.Null, error, CancellationToken.None));
        Assert.Contains("127.0.0.1:1 does not tell its status", $"{error}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tells_what_is_in_sync_in_the_shape_of_istiods_syncz()
    {
        await using var server = await ServerUnderTest.StartAsync("cds a=1");
        using var proxy = new DeltaProxy(server.Client(), DeltaProxy.NodeOf("web"));
        await proxy.SubscribeAsync(ResourceType.Cluster);
        Assert.Equal("a=1", await proxy.TakeAsync());
        await StatusAsync(new StatusOptions(server.Addresses.Status[0], null, IsJson: true), status => status.Proxies is [{ Generation: 1 }]);
        using var client = new HttpClient();
        using var json = JsonDocument.Parse(await client.GetStringAsync(new Uri($"http://{server.Addresses.Status[0]}/debug/syncz")));
        var entry = Assert.Single(json.RootElement.EnumerateArray());
        Assert.Equal(("web.shop", "SYNCED", "NOT_SENT"), (Text("proxy"), Text("cluster_status"), Text("listener_status")));
        Assert.Equal(Text("cluster_sent"), Text("cluster_acked"));

        string? Text(string name) => entry.GetProperty(name).GetString();
    }

    private static async Task<ControlStatus> StatusAsync(StatusOptions options, Func<ControlStatus, bool> until)
    {
        using var late = new CancellationTokenSource(Patience.WithATask);
        while (true)
        {
            using var output = new StringWriter();
            Assert.Equal(0, await StatusCommand.RunAsync(options, output, TextWriter.Null, late.Token));
            var status = JsonSerializer.Deserialize($"{output}", StatusJson.Default.ControlStatus);
            if (status is not null && until(status))
            {
                return status;
            }

            await Task.Delay(10, late.Token);
        }
    }
}
