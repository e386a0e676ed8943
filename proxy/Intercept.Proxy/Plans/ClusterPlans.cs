using System.Collections.Immutable;
using Intercept.Mesh;
using Intercept.Mesh.Clusters;
using Intercept.Proxy.Stats;
using Intercept.Proxy.TlsContexts;

namespace Intercept.Proxy.Plans;

/// <summary>Makes the clusters of a plan.</summary>
internal sealed class ClusterPlans(StatRegistry registry)
{
    // Up to here the numbers of all clusters are there from the start, zeros that a monitor may rely on; beyond, those
    // that nobody has connected to would be most of the memory.
    private const int Few = 1000;

    public PlannedClusters Build(MeshSnapshot snapshot, ServingPlan? previous, TlsSourceSet sources)
    {
        if (previous is not null && ReferenceEquals(previous.Snapshot.Clusters, snapshot.Clusters))
        {
            return previous.ClusterSet;
        }

        var before = previous?.Clusters ?? ImmutableDictionary.Create<string, ClusterPlan>(StringComparer.Ordinal);
        var now = before.ToBuilder();
        var used = new HashSet<TlsSource>(ReferenceEqualityComparer.Instance);
        foreach (var (name, cluster) in snapshot.Clusters)
        {
            var plan = before.GetValueOrDefault(name);
            if (plan is null || !ReferenceEquals(plan.Cluster, cluster))
            {
                now[name] = plan = ToPlan(cluster, plan, sources, hasFew: snapshot.Clusters.Count <= Few);
            }

            foreach (var transport in plan.Transports)
            {
                if (transport is not null)
                {
                    used.Add(transport.Source);
                }
            }
        }

        if (now.Count > snapshot.Clusters.Count)
        {
            now.RemoveRange(before.Keys.Where(name => !snapshot.Clusters.ContainsKey(name)));
        }

        return new PlannedClusters(now.ToImmutable(), [.. used]);
    }

    private ClusterPlan ToPlan(Cluster cluster, ClusterPlan? previous, TlsSourceSet sources, bool hasFew)
    {
        var transports = ImmutableArray.CreateBuilder<ClientTls?>(1 + cluster.TransportSocketMatches.Length);
        transports.Add(cluster.Tls is { } own ? sources.Of(own) : null);
        transports.AddRange(cluster.TransportSocketMatches.Select(match => match.Tls is { } tls ? sources.Of(tls) : null));
        var plan = new ClusterPlan(
            cluster,
            transports.MoveToImmutable(),
            previous?.LazyStats ?? new LazyStats<ClusterStats>(registry, cluster.Name, static (registry, name) => new ClusterStats(registry, name)));

        // Until its names are resolved, a cluster that changed goes on with the hosts it had.
        if (previous is { IsResolvedByName: true } && previous.Cluster.Type == cluster.Type
            && previous.Cluster.Endpoints.SequenceEqual(cluster.Endpoints)
            && previous.Cluster.TransportSocketMatches.SequenceEqual(cluster.TransportSocketMatches))
        {
            plan.Endpoints = previous.Endpoints;
        }

        if (hasFew)
        {
            _ = plan.Stats;
        }

        return plan;
    }
}
