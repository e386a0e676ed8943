using System.Net.Sockets;
using Intercept.Mesh;
using Intercept.Mesh.Listeners;
using Intercept.Mesh.Policy;
using Intercept.Tests.Unit.Proxy.Plans;

namespace Intercept.Tests.Unit.Proxy.Serving;

/// <summary>Nothing more is accepted, and what is there is still governed.</summary>
public sealed class DrainTests : IAsyncLifetime
{
    private readonly ServingScene _scene = new();

    [Fact]
    public async Task Whom_policy_shuts_out_while_the_proxy_drains_is_closed()
    {
        await _scene.StartAsync(Snapshot());
        using var client = await _scene.ConnectAsync();
        Assert.True(await ServingScene.EchoesAsync(client.GetStream()));
        await _scene.DrainAsync(inboundOnly: false);
        await _scene.ApplyAsync(Snapshot());
        Assert.True(await ServingScene.EchoesAsync(client.GetStream()));

        await _scene.ApplyAsync(Snapshot(Nobody()));

        await _scene.ClosesAsync("policy_changed");
    }

    [Fact]
    public async Task A_snapshot_opens_nothing_while_the_proxy_drains()
    {
        await _scene.StartAsync(Snapshot());
        var port = _scene.Server.Listeners.Single().Addresses[0].Port;
        await _scene.DrainAsync(inboundOnly: false);

        var snapshot = Snapshot();
        await _scene.ApplyAsync(snapshot with { Listeners = [.. snapshot.Listeners, PlanScene.Listener("new", "127.0.0.1:0")] });

        var listener = Assert.Single(_scene.Server.Listeners);
        Assert.True(listener.IsDraining);
        await RefusesAsync(port);
    }

    [Fact]
    public async Task A_drain_of_what_is_inbound_leaves_the_rest_to_change_as_it_will()
    {
        await _scene.StartAsync(Snapshot());
        await _scene.DrainAsync(inboundOnly: true);
        var outbound = PlanScene.Listener("out", "127.0.0.1:0") with { Direction = TrafficDirection.Outbound };

        var snapshot = Snapshot();
        await _scene.ApplyAsync(snapshot with { Listeners = [.. snapshot.Listeners, outbound] });

        Assert.Equal([("in", true), ("out", false)], _scene.Server.Listeners.Select(listener => (listener.Configuration.Name, listener.IsDraining)).Order());
        using var client = await _scene.ConnectAsync("out");
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _scene.DisposeAsync();

    private MeshSnapshot Snapshot(params NetworkRbac[] rbac)
    {
        var listener = PlanScene.Listener("in", "127.0.0.1:0") with { Direction = TrafficDirection.Inbound };
        return PlanScene.Snapshot([listener with { FilterChains = [listener.FilterChains[0] with { Rbac = [.. rbac] }] }], _scene.Backend("in"));
    }

    // The loops are told to stop; they do so in their next turn.
    private static async Task RefusesAsync(int port)
    {
        var until = Environment.TickCount64 + (long)Patience.WithATask.TotalMilliseconds;
        while (await ConnectsAsync(port))
        {
            Assert.True(Environment.TickCount64 < until, $"port {port} is still listened on");
            await Task.Delay(20);
        }
    }

    private static async Task<bool> ConnectsAsync(int port)
    {
        using var late = new TcpClient();
        try
        {
            await late.ConnectAsync("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static NetworkRbac Nobody() => new("nobody", RbacAction.Allow, []);
}
