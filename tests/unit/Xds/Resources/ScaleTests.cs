using System.Diagnostics;
using Intercept.Xds.Discovery;
using Xunit.Abstractions;

namespace Intercept.Tests.Unit.Xds.Resources;

/// <summary>A mesh of ten thousand services with ten endpoints each.</summary>
[Collection(nameof(MeasuredAlone))]
public sealed class ScaleTests(ITestOutputHelper output)
{
    private const int Services = 10_000;
    private const int EndpointsEach = 10;
    private const int Listeners = 2_000;
    private const int Changes = 200;

    // Several times what is measured.
    private const long MostBytesPerEndpoint = 1024;

    // Of what the whole allocates: a change that rebuilt the others would come near all of it.
    private const int LeastShare = 1000;

    [Fact]
    public void A_change_of_one_cluster_costs_what_one_cluster_costs()
    {
        var store = new StoreUnderTest();
        var before = MeasuredAlone.Live();
        var batches = new[]
        {
            Sent.Batch(ResourceType.Cluster, [.. Enumerable.Range(0, Services).Select(i => Sent.Of(Cluster(i)))]),
            Sent.Batch(ResourceType.Endpoint, [.. Enumerable.Range(0, Services).Select(i => Assignment(i, 0))]),
            Sent.Batch(ResourceType.Listener, [.. Enumerable.Range(0, Listeners).Select(Listener)]),
        };
        var start = Environment.CpuUsage.TotalTime;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        Assert.All(batches, batch => Assert.Equal("", store.Receive(batch)));
        var load = Environment.CpuUsage.TotalTime - start;
        var allocatedByAll = GC.GetAllocatedBytesForCurrentThread() - allocated;
        DiscoveredResource[] again = [.. batches[0].Updated.Select(cluster => cluster with { Version = "2" })];
        batches = [];
        Assert.Equal(Services + 1, store.Last.Clusters.Count);
        store.Published.RemoveRange(0, store.Published.Count - 1);
        var bytes = (MeasuredAlone.Live() - before) / (Services * EndpointsEach);
        var raw = store.Last.Discovered!.Endpoints.Sum(resource => (long)resource.Value.Message.Length) / (Services * EndpointsEach);

        var times = new List<TimeSpan>();
        var allocations = new List<long>();
        for (var change = 1; change <= Changes; change++)
        {
            var batch = Sent.Batch(ResourceType.Endpoint, Assignment(change * 37 % Services, change));
            allocated = GC.GetAllocatedBytesForCurrentThread();
            var watch = Stopwatch.StartNew();
            store.Store.Receive(batch);
            times.Add(watch.Elapsed);
            allocations.Add(GC.GetAllocatedBytesForCurrentThread() - allocated);
        }

        times.Sort();
        allocations.Sort();
        start = Environment.CpuUsage.TotalTime;
        store.Store.Receive(Sent.Whole(ResourceType.Cluster, again));
        var whole = Environment.CpuUsage.TotalTime - start;
        output.WriteLine(
            $"{Services} clusters, {Services * EndpointsEach} endpoints, {Listeners} listeners: loaded in {load.TotalMilliseconds:F0} ms of CPU; "
            + $"{bytes} bytes per endpoint, {raw} of them as it came; "
            + $"a change in {times[Changes / 2].TotalMilliseconds:F3} ms (median), {times[Changes * 99 / 100].TotalMilliseconds:F3} ms (p99), "
            + $"with {allocations[Changes / 2]} bytes of the {allocatedByAll} that all took; "
            + $"all clusters again, unchanged, in {whole.TotalMilliseconds:F1} ms of CPU");
        Assert.InRange(allocations[Changes / 2], 1, allocatedByAll / LeastShare);
        Assert.True(bytes < MostBytesPerEndpoint, $"an endpoint takes {bytes} bytes");
    }

    private static string Name(int service) => $"outbound|80||service-{service}.namespace-{service % 50}.svc.cluster.local";

    private static Envoy.Config.Cluster.V3.Cluster Cluster(int service)
    {
        var cluster = Sent.EdsCluster(Name(service));
        cluster.AltStatName = cluster.Name + ";";
        cluster.TransportSocketMatches.Add(new Envoy.Config.Cluster.V3.Cluster.Types.TransportSocketMatch
        {
            Name = "tlsMode-istio",
            Match = Sent.Text("tlsMode", "istio"),
            TransportSocket = Sent.Tls(Sent.Mutual($"spiffe://cluster.local/ns/namespace-{service % 50}/sa/service-{service}", new() { ApiConfigSource = new() })),
        });
        return cluster;
    }

    private static DiscoveredResource Assignment(int service, int version)
    {
        var assignment = Sent.Endpoints(
            Name(service), [.. Enumerable.Range(1, EndpointsEach).Select(i => $"10.{service / 256}.{service % 256}.{(i + version) % 250}:8080")]);
        foreach (var endpoint in assignment.Endpoints[0].LbEndpoints)
        {
            endpoint.Metadata = new() { FilterMetadata = { ["envoy.transport_socket_match"] = Sent.Text("tlsMode", "istio") } };
        }

        return Sent.Of(assignment, $"{version}");
    }

    private static DiscoveredResource Listener(int service)
    {
        var address = $"10.{96 + (service / 65536)}.{service / 256 % 256}.{service % 256}";
        return Sent.Of(Sent.Outbound($"{address}_80", $"{address}:80", Name(service)));
    }
}
