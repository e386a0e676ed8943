using Intercept.Mesh.Clusters;
using Intercept.Mesh.Listeners;
using Intercept.Tests.Unit.Mesh;
using Intercept.Tests.Unit.Proxy.Plans;

namespace Intercept.Tests.Unit.Proxy.Serving;

/// <summary>Connections before, while and after secrets come, change and expire.</summary>
public sealed class SecretServingTests : IAsyncLifetime
{
    private readonly ServingScene _scene = new();

    [Fact]
    public async Task Nobody_is_let_in_before_the_secret_comes_and_everybody_after()
    {
        await _scene.StartAsync(Mutual());
        using (var early = await _scene.ConnectAsync())
        {
            await Assert.ThrowsAnyAsync<IOException>(() => _scene.SecureAsync(early));
            await _scene.ClosesAsync("secret_missing");
        }

        _scene.Plans.PutSecrets();
        await EventuallyAsync(async () =>
        {
            using var client = await _scene.ConnectAsync();
            await using var stream = await _scene.SecureAsync(client);
            return await ServingScene.EchoesAsync(stream);
        });
    }

    [Fact]
    public async Task Nobody_is_let_in_after_the_secret_was_taken_away()
    {
        _scene.Plans.PutSecrets();
        await _scene.StartAsync(Mutual());
        using (var client = await _scene.ConnectAsync())
        {
            await using var stream = await _scene.SecureAsync(client);
            Assert.True(await ServingScene.EchoesAsync(stream));
        }

        _scene.Plans.Secrets.Remove("default");
        await EventuallyAsync(async () =>
        {
            using var client = await _scene.ConnectAsync();
            return await Record.ExceptionAsync(() => _scene.SecureAsync(client)) is IOException;
        });
        await _scene.ClosesAsync("secret_missing");
    }

    [Fact]
    public async Task Nothing_is_sent_to_an_upstream_before_the_secret_comes()
    {
        var backend = _scene.Backend("c") with { Tls = PlanScene.Upstream("server") };
        await _scene.StartAsync(PlanScene.Snapshot([Listener(PlanScene.Listener("in", "127.0.0.1:0"))], backend));
        using var client = await _scene.ConnectAsync();

        Assert.False(await ServingScene.EchoesAsync(client.GetStream()));
        await _scene.ClosesAsync("secret_missing");
        Assert.Contains(_scene.Log.Lines, line => line.Contains("secret 'default' has not come yet", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("istio", false)]
    [InlineData("disabled", true)]
    public async Task An_endpoint_is_spoken_to_as_its_labels_say(string mode, bool isPlaintext)
    {
        var istio = new TransportLabels([new TransportLabel("tlsMode", "istio")]);
        var backend = _scene.Backend("c");
        backend = backend with
        {
            Endpoints = [backend.Endpoints[0] with { Labels = new([new TransportLabel("tlsMode", mode)]) }],
            TransportSocketMatches =
            [
                new TransportSocketMatch("tlsMode-istio", istio, PlanScene.Upstream("server")),
                new TransportSocketMatch("tlsMode-disabled", TransportLabels.None, null),
            ],
        };
        await _scene.StartAsync(PlanScene.Snapshot([Listener(PlanScene.Listener("in", "127.0.0.1:0"))], backend));
        using var client = await _scene.ConnectAsync();

        // No secret has come: what must be secured is not sent, least of all in the clear.
        Assert.Equal(isPlaintext, await ServingScene.EchoesAsync(client.GetStream()));
        await _scene.ClosesAsync("secret_missing", isPlaintext ? 0 : 1);
    }

    [Fact]
    public async Task Certificates_change_under_load_without_one_failed_connection()
    {
        const int Rotations = 20;
        _scene.Plans.PutSecrets();
        await _scene.StartAsync(Mutual());
        using var ending = new CancellationTokenSource();
        var connections = new int[4];
        var load = connections.Select((_, index) => LoadAsync(connections, index, ending.Token)).ToArray();
        for (var rotation = 0; rotation < Rotations; rotation++)
        {
            _scene.Plans.PutSecrets();
            var before = connections.ToArray();

            // One more may have begun before the rotation; the second has not.
            await EventuallyAsync(() => Task.FromResult(
                load.Any(task => task.IsCompleted) || before.Select((count, index) => Volatile.Read(ref connections[index]) - count).All(more => more >= 2)));
        }

        await ending.CancelAsync();
        await Task.WhenAll(load);
        Assert.Equal(0, _scene.Closed("secret_missing") + _scene.Closed("tls_downstream_handshake_failed"));
    }

    [Fact]
    public async Task What_arrives_for_a_refused_listener_is_closed_and_said_once()
    {
        await _scene.StartAsync(PlanScene.Snapshot([], _scene.Backend("c")) with
        {
            RefusedListeners = [new RefusedListener("in", [Chains.Endpoint("127.0.0.1:0")], TrafficDirection.Inbound, BindsToPort: true, "an unknown filter")],
        });
        for (var round = 0; round < 3; round++)
        {
            using var client = await _scene.ConnectAsync();
            Assert.False(await ServingScene.EchoesAsync(client.GetStream()));
        }

        await _scene.ClosesAsync("listener_refused", 3);
        Assert.Single(_scene.Log.Lines, line => line.Contains("an unknown filter", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_snapshot_with_a_listener_that_cannot_be_bound_holds_up_nothing_else()
    {
        await _scene.StartAsync(PlanScene.Snapshot([PlanScene.Listener("in", "127.0.0.1:0")], _scene.Backend("other")));
        using (var client = await _scene.ConnectAsync())
        {
            Assert.False(await ServingScene.EchoesAsync(client.GetStream()));
            await _scene.ClosesAsync("no_cluster");
        }

        await _scene.ApplyAsync(PlanScene.Snapshot(
            [PlanScene.Listener("in", "127.0.0.1:0"), PlanScene.Listener("foreign", "192.0.2.1:1")], _scene.Backend("in")));
        using (var client = await _scene.ConnectAsync())
        {
            Assert.True(await ServingScene.EchoesAsync(client.GetStream()));
        }

        Assert.Contains(_scene.Log.Lines, line => line.Contains("192.0.2.1:1", StringComparison.Ordinal));
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _scene.DisposeAsync();

    private static Listener Listener(Listener listener, string cluster = "c") => listener with
    {
        InspectsTls = false,
        RecoversOriginalDestination = false,
        FilterChains = [.. listener.FilterChains.Select(chain => chain with { Proxy = chain.Proxy with { Clusters = [new WeightedCluster(cluster, 1)] } })],
    };

    private Intercept.Mesh.MeshSnapshot Mutual() =>
        PlanScene.Snapshot([Listener(PlanScene.Listener("in", "127.0.0.1:0", tls: PlanScene.Downstream()))], _scene.Backend("c"));

    private async Task LoadAsync(int[] connections, int index, CancellationToken ending)
    {
        while (!ending.IsCancellationRequested)
        {
            using var client = await _scene.ConnectAsync();
            await using var stream = await _scene.SecureAsync(client);
            Assert.True(await ServingScene.EchoesAsync(stream));
            Interlocked.Increment(ref connections[index]);
        }
    }

    private static async Task EventuallyAsync(Func<Task<bool>> condition)
    {
        var until = Environment.TickCount64 + (long)Patience.WithATask.TotalMilliseconds;
        while (!await condition())
        {
            Assert.True(Environment.TickCount64 < until, "it did not come to be");
            await Task.Delay(20);
        }
    }
}
