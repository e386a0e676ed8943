using Intercept.Tests.Conformance.Peers;

namespace Intercept.Tests.Conformance.ControlPlane;

/// <summary>gRPC's own xDS clients resolve and call through what intercept-control serves: no proxy, and no code of ours in the client.</summary>
public sealed class GrpcClientTests : IAsyncLifetime
{
    private readonly EchoMesh _mesh = new();
    private readonly List<LinePeer> _peers = [];
    private RunningControlPlane _plane = null!;

    public static TheoryData<string> Clients => ["python", "node"];

    public async Task InitializeAsync()
    {
        _mesh.Write("127.0.0.2");
        _plane = await RunningControlPlane.StartAsync(_mesh.Manifests, _mesh.StateOf("one"));
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Resolves_a_service_and_calls_its_pod(string client)
    {
        await ServeAsync("127.0.0.2");
        var caller = await CallerAsync(client);
        Assert.Equal("127.0.0.2", await caller.AskAsync());
        Assert.Equal("127.0.0.2", await caller.AskAsync());
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Follows_a_change_of_manifests_on_the_same_channel(string client)
    {
        await ServeAsync("127.0.0.2");
        await ServeAsync("127.0.0.3");
        var caller = await CallerAsync(client);
        Assert.Equal("127.0.0.2", await caller.AskAsync());
        _mesh.Write("127.0.0.3");
        await UntilAsync(caller, "127.0.0.3");
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Goes_on_while_the_control_plane_is_killed_and_takes_up_with_the_next_one(string client)
    {
        await ServeAsync("127.0.0.2");
        await ServeAsync("127.0.0.3");
        var caller = await CallerAsync(client);
        Assert.Equal("127.0.0.2", await caller.AskAsync());
        await _plane.KillAsync();
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal("127.0.0.2", await caller.AskAsync());
        }

        _mesh.Write("127.0.0.3");
        await _plane.StartAsync();
        await UntilAsync(caller, "127.0.0.3");
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Keeps_what_is_in_force_when_a_manifest_is_broken(string client)
    {
        await ServeAsync("127.0.0.2");
        var caller = await CallerAsync(client);
        Assert.Equal("127.0.0.2", await caller.AskAsync());
        var bad = Path.Combine(_mesh.Manifests, "bad.yaml");
        await File.WriteAllTextAsync(bad, "apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: p, namespace: shop}\nspec: {action: PERHAPS}\n");
        await StatusAsync(problems: 1);
        Assert.Equal("127.0.0.2", await caller.AskAsync());
        File.Delete(bad);
        await StatusAsync(problems: 0);
    }

    [Fact]
    public async Task Ends_in_order_when_told_to()
    {
        await ServeAsync("127.0.0.2");
        var caller = await CallerAsync("python");
        Assert.Equal("127.0.0.2", await caller.AskAsync());
        Assert.Equal(0, await _plane.StopAsync());
        Assert.Equal("127.0.0.2", await caller.AskAsync());
    }

    public async Task DisposeAsync()
    {
        foreach (var peer in _peers)
        {
            await peer.DisposeAsync();
        }

        await _plane.DisposeAsync();
        _mesh.Dispose();
    }

    private async Task ServeAsync(string address)
    {
        var server = LinePeer.Start("/usr/bin/python3", [Path.Combine(NodePackages.Scripts, "grpc-echo.py"), $"{address}:{_mesh.Port}", address]);
        _peers.Add(server);
        Assert.Equal("listening", await server.ReadAsync());
    }

    private async Task<LinePeer> CallerAsync(string client)
    {
        var bootstrap = ("GRPC_XDS_BOOTSTRAP", _mesh.Bootstrap(_plane));
        var caller = client == "python"
            ? LinePeer.Start("/usr/bin/python3", [Path.Combine(NodePackages.Scripts, "grpc-call.py"), EchoMesh.Target], bootstrap)
            : LinePeer.Start("node", [Path.Combine(NodePackages.Scripts, "grpc-call.js"), EchoMesh.Target], bootstrap, ("NODE_PATH", await NodePackages.FolderAsync()));
        _peers.Add(caller);
        return caller;
    }

    private static async Task UntilAsync(LinePeer caller, string expected)
    {
        var answer = "";
        var until = Environment.TickCount64 + (long)Patience.WithAProgram.TotalMilliseconds;
        while (answer != expected && Environment.TickCount64 < until)
        {
            answer = await caller.AskAsync();
            await Task.Delay(50);
        }

        Assert.Equal(expected, answer);
    }

    private async Task StatusAsync(int problems)
    {
        var count = -1;
        var until = Environment.TickCount64 + (long)Patience.WithAProgram.TotalMilliseconds;
        while (count != problems && Environment.TickCount64 < until)
        {
            count = (await _plane.StatusAsync()).GetProperty("problems").GetArrayLength();
            await Task.Delay(50);
        }

        Assert.Equal(problems, count);
    }
}
