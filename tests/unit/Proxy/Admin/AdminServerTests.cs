using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Intercept.Core.Addressing;
using Intercept.Core.Problems;
using Intercept.Proxy.Admin;
using Intercept.Proxy.Admin.State;
using Intercept.Tests.Unit.Runtime;
using Intercept.Tests.Unit.Xds;
using Microsoft.Extensions.Logging;

namespace Intercept.Tests.Unit.Proxy.Admin;

public sealed class AdminServerTests : IDisposable
{
    private readonly LoopFixture _fixture = new();
    private readonly StateUnderTest _state = new();
    private readonly AdminServer _server;
    private readonly HttpClient _client;

    public AdminServerTests()
    {
        _server = AdminServer.TryStart(
            _fixture.Loop, new NetEndpoint(NetAddress.LoopbackIPv4, 0), _state, new FixedTime(StateUnderTest.Time(0)), new RecordedLog(), out _)!;
        _client = new HttpClient { BaseAddress = new Uri($"http://{_server.LocalEndpoint}"), Timeout = Patience.WithATask };
    }

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
        _fixture.Dispose();
        Assert.Empty(_fixture.Escaped);
    }

    [Theory]
    [InlineData((int)ServerState.Live, 200, "LIVE\n")]
    [InlineData((int)ServerState.Draining, 503, "DRAINING\n")]
    [InlineData((int)ServerState.PreInitializing, 503, "PRE_INITIALIZING\n")]
    [InlineData((int)ServerState.Initializing, 503, "INITIALIZING\n")]
    public async Task Says_whether_it_is_ready(int state, int status, string body)
    {
        _state.State = (ServerState)state;

        Assert.Equal((status, body), await AskAsync("/ready"));
    }

    [Fact]
    public async Task Lists_its_pages_wherever_somebody_may_look()
    {
        var (_, help) = await AskAsync("/help");

        string[] pages =
        [
            "/certs", "/clusters", "/config_dump", "/control_plane", "/drain_listeners (POST)", "/help", "/listeners", "/logging (POST)", "/memory",
            "/quitquitquit (POST)", "/ready", "/reset_counters (POST)", "/server_info", "/stats", "/stats/prometheus",
        ];
        Assert.Equal(pages, help.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Trim().Split(':')[0]));
        Assert.Equal((200, help), await AskAsync("/"));
        Assert.Equal((404, $"there is no /nothing; there are:\n{help}"), await AskAsync("/nothing"));
    }

    [Theory]
    [InlineData("/drain_listeners")]
    [InlineData("/quitquitquit")]
    [InlineData("/logging")]
    [InlineData("/logging?level=debug")]
    [InlineData("/reset_counters")]
    public async Task Takes_commands_by_POST_only(string path)
    {
        using var response = await _client.GetAsync(new Uri(path, UriKind.Relative));

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["POST"], response.Content.Headers.Allow);
        Assert.Empty(_state.Told);
        Assert.Equal(LogLevel.Information, _state.LogLevel);
    }

    [Fact]
    public async Task Serves_no_other_method()
    {
        using var response = await _client.DeleteAsync(new Uri("/stats", UriKind.Relative));

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }

    [Theory]
    [InlineData("/drain_listeners", "drain graceful=False inboundOnly=False")]
    [InlineData("/drain_listeners?graceful", "drain graceful=True inboundOnly=False")]
    [InlineData("/drain_listeners?inboundonly&graceful=1", "drain graceful=True inboundOnly=True")]
    [InlineData("/reset_counters", "reset")]
    [InlineData("/quitquitquit", "quit")]
    public async Task Does_what_it_is_told(string path, string told)
    {
        Assert.Equal((200, "OK\n"), await CommandAsync(path));
        await _fixture.EventuallyAsync(() => _state.Told.Count > 0);
        Assert.Equal([told], _state.Told);
    }

    [Theory]
    [InlineData("/logging", 200, "level: info\n", LogLevel.Information)]
    [InlineData("/logging?level=debug", 200, "level: debug\n", LogLevel.Debug)]
    [InlineData("/logging?level=off", 200, "level: off\n", LogLevel.None)]
    [InlineData("/logging?level=loud", 400, "'loud' is not a level; allowed: trace, debug, info, warning, error, critical or off\n", LogLevel.Information)]
    [InlineData("/logging?http=debug", 400, "'http' is not a parameter: one level holds for all; allowed: ?level=LEVEL\n", LogLevel.Information)]
    public async Task Changes_the_level_of_the_log(string path, int status, string body, LogLevel after)
    {
        Assert.Equal((status, body), await CommandAsync(path));
        Assert.Equal(after, _state.LogLevel);
    }

    [Theory]
    [InlineData("localhost:15000", "", 200)]
    [InlineData("127.0.0.1", "", 200)]
    [InlineData("[::1]:15000", "", 200)]
    [InlineData("admin.example.com", "", 403)]
    [InlineData("localhost.example.com:15000", "", 403)]
    [InlineData("[evil", "", 403)]
    [InlineData("localhost", "Origin: http://localhost\r\n", 403)]
    [InlineData("127.0.0.1:15000", "Origin: null\r\n", 403)]
    public async Task Takes_no_commands_for_web_pages(string host, string header, int status)
    {
        var answer = await RawHttp.AskAsync(
            _server.LocalEndpoint.Port, $"POST /reset_counters HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{header}\r\n");

        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Equal(status == 200 ? ["reset"] : [], _state.Told);
    }

    [Theory]
    [InlineData("/stats", "cluster.a\"b\\.upstream_cx_total: 9000000000\ncluster.mesh.upstream_cx_active: 0\ncluster.mesh.upstream_cx_total: 3\nserver.live: 1\n")]
    [InlineData("/stats?usedonly&filter=mesh", "cluster.mesh.upstream_cx_total: 3\n")]
    [InlineData("/stats?filter=^cluster%5C.mesh%5C..*active$", "cluster.mesh.upstream_cx_active: 0\n")]
    [InlineData("/stats?type=Gauges", "cluster.mesh.upstream_cx_active: 0\nserver.live: 1\n")]
    public async Task Prints_statistics_as_Envoy_does(string path, string body) => Assert.Equal((200, body), await AskAsync(path));

    [Theory]
    [InlineData("/stats?filter=(", "'(' is not a regular expression that can be matched in linear time\n")]
    [InlineData("/stats?filter=(a)%5C1", "'(a)\\1' is not a regular expression that can be matched in linear time\n")]
    [InlineData("/stats?format=html", "'html' is not a format; allowed: text, json or prometheus\n")]
    [InlineData("/stats?type=Histograms", "'Histograms' is not a type; allowed: All, Counters or Gauges\n")]
    public async Task Says_which_statistics_it_cannot_print(string path, string body) => Assert.Equal((400, body), await AskAsync(path));

    [Fact]
    public async Task Prints_statistics_as_JSON()
    {
        using var json = await JsonAsync("/stats?format=json&usedonly");

        Assert.Equal(
            [("cluster.a\"b\\.upstream_cx_total", 9_000_000_000), ("cluster.mesh.upstream_cx_total", 3), ("server.live", 1)],
            json.RootElement.GetProperty("stats").EnumerateArray().Select(stat => (stat.GetProperty("name").GetString()!, stat.GetProperty("value").GetInt64())));
    }

    [Theory]
    [InlineData("/stats/prometheus")]
    [InlineData("/stats?format=prometheus")]
    public async Task Prints_statistics_for_Prometheus(string path)
    {
        var expected = """
            # TYPE envoy_cluster_upstream_cx_active gauge
            envoy_cluster_upstream_cx_active{envoy_cluster_name="mesh"} 0
            # TYPE envoy_cluster_upstream_cx_total counter
            envoy_cluster_upstream_cx_total{envoy_cluster_name="a\"b\\"} 9000000000
            envoy_cluster_upstream_cx_total{envoy_cluster_name="mesh"} 3
            # TYPE envoy_server_live gauge
            envoy_server_live 1

            """;
        Assert.Equal((200, expected), await AskAsync(path));
    }

    [Fact]
    public async Task Lists_listeners_and_their_addresses()
    {
        Assert.Equal(
            (200, "outbound::127.0.0.1:15001\noutbound::[::1]:15001\nold::0.0.0.0:15006 draining\n"), await AskAsync("/listeners"));
        using var json = await JsonAsync("/listeners?format=json");
        var first = json.RootElement.GetProperty("listener_statuses")[0];
        Assert.Equal("outbound", first.GetProperty("name").GetString());
        Assert.Equal(15001, first.GetProperty("local_address").GetProperty("socket_address").GetProperty("port_value").GetInt32());
        Assert.Equal("::1", first.GetProperty("additional_local_addresses")[0].GetProperty("socket_address").GetProperty("address").GetString());
    }

    [Fact]
    public async Task Lists_clusters_and_their_endpoints()
    {
        var (_, text) = await AskAsync("/clusters");
        Assert.Equal(
            """
            mesh::observability_name::mesh
            mesh::default_priority::max_connections::4294967295
            mesh::added_via_api::false
            web::observability_name::web
            web::default_priority::max_connections::1024
            web::added_via_api::false
            web::10.0.0.1:80::cx_active::1
            web::10.0.0.1:80::cx_connect_fail::2
            web::10.0.0.1:80::cx_total::5
            web::10.0.0.1:80::hostname::web.shop
            web::10.0.0.1:80::health_flags::healthy
            web::10.0.0.1:80::weight::3
            web::10.0.0.1:80::priority::0

            """,
            text);
        using var json = await JsonAsync("/clusters?format=json");
        var host = json.RootElement.GetProperty("cluster_statuses")[1].GetProperty("host_statuses")[0];
        Assert.Equal("10.0.0.1", host.GetProperty("address").GetProperty("socket_address").GetProperty("address").GetString());
        Assert.Equal("HEALTHY", host.GetProperty("health_status").GetProperty("eds_health_status").GetString());
        Assert.Equal(
            [("cx_active", "1"), ("cx_connect_fail", "2"), ("cx_total", "5")],
            host.GetProperty("stats").EnumerateArray().Select(stat => (stat.GetProperty("name").GetString(), stat.GetProperty("value").GetString())));
    }

    [Fact]
    public async Task Says_how_long_certificates_are_good()
    {
        using var json = await JsonAsync("/certs");

        var certificate = json.RootElement.GetProperty("certificates")[0];
        Assert.Equal("/certs/bundle.pem", certificate.GetProperty("ca_cert")[0].GetProperty("path").GetString());
        var leaf = certificate.GetProperty("cert_chain")[0];
        Assert.Equal(
            """{"path":"/certs/chain.pem","serial_number":"5f3a","subject_alt_names":[{"uri":"spiffe://cluster.local/ns/demo/sa/server"}],"days_until_expiration":"1","valid_from":"2026-11-23T06:44:12.123Z","expiration_time":"2026-11-25T18:44:12.123Z"}""",
            Regex.Replace(leaf.GetRawText(), @"\s+", ""));
    }

    [Fact]
    public async Task Says_what_it_is_and_how_it_was_started()
    {
        _state.Configure(Bootstraps.Read("client-sidecar.yaml"));
        using var json = await JsonAsync("/server_info");

        var info = json.RootElement;
        Assert.Matches(@"^intercept-proxy/\d+\.\d+\.\d+$", info.GetProperty("version").GetString());
        Assert.Equal("LIVE", info.GetProperty("state").GetString());
        Assert.Equal("3725s", info.GetProperty("uptime_current_epoch").GetString());
        Assert.Equal("client.shop", info.GetProperty("node").GetProperty("id").GetString());
        var options = info.GetProperty("command_line_options");
        Assert.Equal("/etc/intercept/bootstrap.yaml", options.GetProperty("config_path").GetString());
        Assert.Equal("45s", options.GetProperty("drain_time").GetString());
        Assert.Equal("sidecar~1", options.GetProperty("service_node").GetString());
        Assert.Equal(2, options.GetProperty("concurrency").GetInt32());
    }

    [Fact]
    public async Task Says_how_much_memory_it_takes()
    {
        using var json = await JsonAsync("/memory");

        Assert.All(["allocated", "heap_size", "total_physical_bytes"], name =>
            Assert.InRange(long.Parse(json.RootElement.GetProperty(name).GetString()!, null), 1, long.MaxValue));
    }

    [Fact]
    public async Task Dumps_no_configuration_before_there_is_one()
    {
        using var json = await JsonAsync("/config_dump");

        Assert.Equal(0, json.RootElement.GetProperty("configs").GetArrayLength());
    }

    [Fact]
    public async Task Says_why_the_newest_configuration_was_refused()
    {
        _state.Refuse(new Problem("f.yaml", 3, "node.idd", null, "is not a field", "id"));
        using var json = await JsonAsync("/config_dump");

        var refused = json.RootElement.GetProperty("refused_configuration");
        Assert.Equal("2026-11-24T06:44:12.123Z", refused.GetProperty("last_update_attempt").GetString());
        Assert.Equal("f.yaml:3: node.idd is not a field; allowed: id", refused.GetProperty("details")[0].GetString());
    }

    private async Task<(int Status, string Body)> AskAsync(string path)
    {
        using var response = await _client.GetAsync(new Uri(path, UriKind.Relative));
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private async Task<(int Status, string Body)> CommandAsync(string path)
    {
        using var response = await _client.PostAsync(new Uri(path, UriKind.Relative), null);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private async Task<JsonDocument> JsonAsync(string path)
    {
        using var response = await _client.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync());
    }
}
