using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Intercept.Core.Addressing;
using Intercept.Mesh;
using Intercept.Mesh.Clusters;
using Intercept.Mesh.Listeners;
using Intercept.Mesh.LoadBalancing;
using Intercept.Tests.Unit.Mesh;
using Xunit.Abstractions;

namespace Intercept.Tests.Unit.Proxy.Plans;

/// <summary>10,000 clusters, 100,000 endpoints and 10,000 listeners: what a plan of them takes, and what a change of one.</summary>
[Collection(nameof(MeasuredAlone))]
public sealed class ScaleTests(ITestOutputHelper output) : IDisposable
{
    private const int Count = 10_000;
    private const int EndpointsOfEach = 10;

    private readonly PlanScene _scene = new();

    [Fact]
    public void A_change_of_one_cluster_costs_little_beside_ten_thousand_others()
    {
        _scene.PutSecrets();
        var before = MeasuredAlone.Live();
        var snapshot = Mesh();
        var configured = MeasuredAlone.Live();
        var (plan, whole, allocatedByAll) = Measured(() => _scene.Build(snapshot));
        var planned = MeasuredAlone.Live();

        var changed = snapshot.Clusters["outbound|80||s7"];
        changed = changed with { Endpoints = changed.Endpoints.RemoveAt(0) };
        snapshot = snapshot with { Clusters = snapshot.Clusters.SetItem(changed.Name, changed) };
        var times = new List<double>();
        var (next, allocated) = (plan, 0L);
        for (var round = 0; round < 10; round++)
        {
            (next, var time, allocated) = Measured(() => _scene.Build(snapshot, plan));
            times.Add(time);
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"first plan {whole:F1} ms, one change {times.Order().ElementAt(5):F2} ms (best {times.Min():F2}), {allocated} bytes of {allocatedByAll} allocated"));
        output.WriteLine($"snapshot {(configured - before) / (Count * EndpointsOfEach)} bytes an endpoint with its share of clusters and listeners; plan {(planned - configured) / Count} bytes a cluster with its listener");
        Assert.NotSame(plan.FindCluster(changed.Name), next.FindCluster(changed.Name));
        Assert.All(plan.Clusters.Where(cluster => cluster.Key != changed.Name), cluster => Assert.Same(cluster.Value, next.FindCluster(cluster.Key)));
        Assert.All(plan.Listeners, listener => Assert.Same(listener.Value, next.Find(listener.Key)));
        Assert.Same(plan.ListenerSet, next.ListenerSet);

        // It goes through the names of all, and builds one.
        Assert.InRange(allocated, 1, allocatedByAll / 1000);

        // Far above what is measured, far below anything that grows with the square.
        Assert.True((planned - configured) / Count < 2000, "a cluster takes too much");
        Assert.True((configured - before) / (Count * EndpointsOfEach) < 400, "an endpoint takes too much");
        GC.KeepAlive(snapshot);
    }

    [Fact]
    public void Balancing_over_very_many_endpoints_does_not_look_at_each_of_them()
    {
        var balancer = Balancer.Of(BalancingPolicy.LeastRequest, new Random(1));
        balancer.Replace([.. Enumerable.Range(0, 100_000).Select(i => new ResolvedEndpoint(Address(i), 1 + (uint)(i % 3)))]);
        var load = new CountedLooks();
        for (var pick = 0; pick < 1000; pick++)
        {
            Assert.True(balancer.TryPick(load, out _));
        }

        Assert.InRange(load.Looks, 1000, 4000);
    }

    public void Dispose() => _scene.Dispose();

    private static MeshSnapshot Mesh()
    {
        var istio = new TransportLabels([new TransportLabel("tlsMode", "istio")]);
        var clusters = ImmutableDictionary.CreateBuilder<string, Cluster>(StringComparer.Ordinal);
        var listeners = new List<Listener> { PlanScene.Listener("virtualOutbound", "0.0.0.0:15001") with { HandsOver = true } };
        for (var i = 0; i < Count; i++)
        {
            var name = $"outbound|80||s{i}";
            var tls = PlanScene.Upstream($"s{i}");
            clusters.Add(name, Clusters.Of([.. Enumerable.Range(i * EndpointsOfEach, EndpointsOfEach).Select(n => new UpstreamEndpoint(Address(n).Address, null, 8080, 1) { Labels = istio })], name) with
            {
                Type = ClusterType.Eds,
                Balancing = BalancingPolicy.LeastRequest,
                TransportSocketMatches = [new TransportSocketMatch("tlsMode-istio", istio, tls), new TransportSocketMatch("tlsMode-disabled", TransportLabels.None, null)],
            });
            listeners.Add(Chains.Listener(null, Chains.Chain(name)) with { Name = $"10.96.{i / 256}.{i % 256}_80", Addresses = [Chains.Endpoint($"10.96.{i / 256}.{i % 256}:80")], BindsToPort = false });
        }

        return PlanScene.Snapshot(listeners) with { Clusters = clusters.ToImmutable() };
    }

    private static NetEndpoint Address(int number) => new(NetAddress.FromIPv4(0x0a000000u + (uint)number), 8080);

    private static (T Result, double Milliseconds, long Allocated) Measured<T>(Func<T> work)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var start = Stopwatch.GetTimestamp();
        var result = work();
        return (result, Stopwatch.GetElapsedTime(start).TotalMilliseconds, GC.GetAllocatedBytesForCurrentThread() - allocated);
    }

    private sealed class CountedLooks : IHostLoad
    {
        public int Looks { get; private set; }

        public long ConnectionsOf(NetEndpoint host)
        {
            Looks++;
            return 0;
        }
    }
}
