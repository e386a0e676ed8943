using System.Diagnostics;
using Intercept.Mesh;
using Intercept.Mesh.Tls;
using Intercept.Tests.Conformance.Peers;
using Intercept.Xds;
using Microsoft.Extensions.Logging.Abstractions;

namespace Intercept.Tests.Conformance.ControlPlane;

/// <summary>A server that is not ours, all the way to snapshots: over its own protos, with delta and without.</summary>
public sealed class ControlPlaneClientTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("intercept-conformance-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_mesh_arrives_whole_and_then_by_its_changes(bool isDelta)
    {
        await using var server = await AdsServer.StartAsync();
        await SendAsync(server, "10.0.0.1");
        var client = new ControlPlaneClient(Options(server.Address, isDelta), Bootstrap(), new SecretStore(), TimeProvider.System, NullLogger.Instance);
        using var stop = new CancellationTokenSource();
        var running = client.RunAsync(stop.Token);

        var first = await ExpectAsync(client, snapshot => snapshot.Clusters.ContainsKey("a"));
        Assert.Equal("10.0.0.1", $"{first.Clusters["a"].Endpoints.Single().Address}");
        var listener = Assert.Single(first.Listeners);
        Assert.Equal(("10.96.0.1_80", false, "a"), (listener.Name, listener.BindsToPort, listener.FilterChains[0].Proxy.Clusters[0].Name));
        Assert.Equal(["alt_stat_name"], first.Discovered!.Ignored.Select(ignored => ignored.Field));

        await SendEndpointsAsync(server, "10.0.0.2");
        var second = await ExpectAsync(client, snapshot => $"{snapshot.Clusters["a"].Endpoints.Single().Address}" == "10.0.0.2");
        Assert.Same(listener, second.Listeners[0]);
        await server.ExpectNoViolationAsync();
        var status = client.Status;
        Assert.Equal((true, isDelta, false, 1, 1, 1), (status.IsConnected, status.IsDelta, status.IsFromDisk, status.Clusters, status.Endpoints, status.Listeners));
        Assert.True(TimeProvider.System.GetUtcNow() - status.CurrentAsOf < Patience.WithATask);
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task After_a_restart_without_the_control_plane_the_last_good_state_is_in_use()
    {
        var cache = Path.Combine(_folder, "state");
        string address;
        await using (var server = await AdsServer.StartAsync())
        {
            address = server.Address;
            await SendAsync(server, "10.0.0.1");
            var before = new ControlPlaneClient(Options(address, isDelta: true, cache), Bootstrap(), new SecretStore(), TimeProvider.System, NullLogger.Instance);
            using var stop = new CancellationTokenSource();
            var running = before.RunAsync(stop.Token);
            await ExpectAsync(before, snapshot => snapshot.Clusters.ContainsKey("a"));
            await stop.CancelAsync();
            await running;
        }

        var after = new ControlPlaneClient(Options(address, isDelta: true, cache), Bootstrap(), new SecretStore(), TimeProvider.System, NullLogger.Instance);
        using var end = new CancellationTokenSource();
        after.Restore();
        var again = after.RunAsync(end.Token);
        var kept = await ExpectAsync(after, snapshot => snapshot.Clusters.ContainsKey("a"));
        Assert.Equal("10.0.0.1", $"{kept.Clusters["a"].Endpoints.Single().Address}");
        Assert.Equal((false, true, null), (after.Status.IsConnected, after.Status.IsFromDisk, after.Status.DiskProblem));
        Assert.NotNull(after.Status.CurrentAsOf);
        await end.CancelAsync();
        await again;
    }

    private static ControlPlaneOptions Options(string address, bool isDelta, string? cache = null) => new()
    {
        Address = address,
        Node = new ControlPlaneNode("sidecar~10.0.0.1~a.b~b.svc.cluster.local", "a.b"),
        Delta = isDelta,
        CachePath = cache,
    };

    private static MeshSnapshot Bootstrap() => BootstrapReader.Read("x.yaml", "node: { id: n, cluster: c }").Snapshot!;

    private static async Task SendAsync(AdsServer server, string endpoint)
    {
        await server.SendAsync(new
        {
            command = "set",
            type = "Cluster",
            resources = new[]
            {
                new { name = "a", body = new { type = "EDS", alt_stat_name = "a;", lb_policy = "LEAST_REQUEST", eds_cluster_config = new { eds_config = new { ads = new { } } } } },
            },
        });
        await SendEndpointsAsync(server, endpoint);
        await server.SendAsync(new
        {
            command = "set",
            type = "Listener",
            resources = new[]
            {
                new
                {
                    name = "10.96.0.1_80",
                    body = new
                    {
                        bind_to_port = new { value = false },
                        address = new { socket_address = new { address = "10.96.0.1", port_value = 80 } },
                        filter_chains = new[] { new { filters = new[] { new { name = "tcp_proxy", typed_config = TcpProxy() } } } },
                    },
                },
            },
        });
    }

    private static Dictionary<string, object> TcpProxy() => new()
    {
        ["@type"] = "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy",
        ["stat_prefix"] = "a",
        ["cluster"] = "a",
    };

    private static Task SendEndpointsAsync(AdsServer server, string endpoint) => server.SendAsync(new
    {
        command = "set",
        type = "Endpoint",
        resources = new[]
        {
            new
            {
                name = "a",
                body = new
                {
                    endpoints = new[]
                    {
                        new { lb_endpoints = new[] { new { endpoint = new { address = new { socket_address = new { address = endpoint, port_value = 80 } } } } } },
                    },
                },
            },
        },
    });

    private static async Task<MeshSnapshot> ExpectAsync(ControlPlaneClient client, Func<MeshSnapshot, bool> isMeant)
    {
        var deadline = Stopwatch.StartNew();
        while (true)
        {
            using var patience = new CancellationTokenSource(Patience.WithATask - deadline.Elapsed);
            var snapshot = await client.Snapshots.ReadAsync(patience.Token);
            if (isMeant(snapshot))
            {
                return snapshot;
            }
        }
    }
}
