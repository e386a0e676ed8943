using System.Collections.Immutable;
using Intercept.Mesh.Listeners;

namespace Intercept.Mesh.LoadBalancing;

/// <summary>Picks the cluster of a connection by weight, at random as Envoy does: connections do not know of one another.</summary>
public static class WeightedClusterPicker
{
    public static string Pick(ImmutableArray<WeightedCluster> clusters, Random random)
    {
        if (clusters.Length == 1)
        {
            return clusters[0].Name;
        }

        long total = 0;
        foreach (var cluster in clusters)
        {
            total += cluster.Weight;
        }

        var point = random.NextInt64(total);
        foreach (var cluster in clusters)
        {
            point -= cluster.Weight;
            if (point < 0)
            {
                return cluster.Name;
            }
        }

        return clusters[^1].Name;
    }
}
