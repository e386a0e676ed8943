using Intercept.Core.Addressing;
using Intercept.Proxy.Admin;
using Intercept.Proxy.Admin.State;
using Intercept.Tests.Unit.Runtime;

namespace Intercept.Tests.Unit.Proxy.Admin;

public sealed class HealthServerTests : IDisposable
{
    private readonly LoopFixture _fixture = new();
    private readonly StateUnderTest _state = new();
    private readonly HttpClient _client = new() { Timeout = Patience.WithATask };
    private HealthServer? _server;

    public void Dispose()
    {
        _client.Dispose();
        _server?.Dispose();
        _fixture.Dispose();
        Assert.Empty(_fixture.Escaped);
    }

    [Theory]
    [InlineData((int)ServerState.PreInitializing, 503, "not ready: PRE_INITIALIZING\n")]
    [InlineData((int)ServerState.Initializing, 503, "not ready: INITIALIZING\n")]
    [InlineData((int)ServerState.Live, 200, "ready\n")]
    [InlineData((int)ServerState.Draining, 503, "not ready: DRAINING\n")]
    public async Task Is_ready_when_it_is_live(int state, int status, string body)
    {
        _state.State = (ServerState)state;

        foreach (var address in Start("127.0.0.1:0", "[::1]:0"))
        {
            Assert.Equal((status, body), await AskAsync($"http://{address}/healthz/ready"));
        }
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/ready")]
    [InlineData("/stats")]
    [InlineData("/config_dump")]
    public async Task Says_nothing_else(string path)
    {
        var address = Assert.Single(Start("127.0.0.1:0"));

        Assert.Equal((404, "there is only /healthz/ready\n"), await AskAsync($"http://{address}{path}"));
    }

    [Fact]
    public async Task Takes_no_commands()
    {
        var address = Assert.Single(Start("127.0.0.1:0"));
        using var response = await _client.PostAsync(new Uri($"http://{address}/healthz/ready"), null);

        Assert.Equal(405, (int)response.StatusCode);
    }

    [Fact]
    public async Task Listens_at_every_address_or_at_none()
    {
        using var taken = HealthServer.TryStart(_fixture.Loop, [Endpoint("127.0.0.1:0")], _state, TimeProvider.System, new RecordedLog(), out _)!;
        var port = taken.LocalEndpoints[0].Port;

        Assert.Null(HealthServer.TryStart(
            _fixture.Loop, [Endpoint("127.0.0.2:0"), Endpoint($"127.0.0.1:{port}")], _state, TimeProvider.System, new RecordedLog(), out var why));
        Assert.Equal($"127.0.0.1:{port}: bind: Address already in use", why);
        await _fixture.EventuallyAsync(() => _fixture.Loop.DescriptorCount == 1);
    }

    private static NetEndpoint Endpoint(string text) => StateUnderTest.Endpoint(text);

    private IEnumerable<NetEndpoint> Start(params string[] addresses)
    {
        _server = HealthServer.TryStart(_fixture.Loop, [.. addresses.Select(Endpoint)], _state, TimeProvider.System, new RecordedLog(), out var why);
        Assert.True(_server is not null, why);
        return _server.LocalEndpoints;
    }

    private async Task<(int Status, string Body)> AskAsync(string url)
    {
        using var response = await _client.GetAsync(new Uri(url));
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
