using System.Collections.Immutable;
using Intercept.Core.Addressing;
using Intercept.Mesh.Clusters;
using Intercept.Mesh.Listeners;
using Intercept.Xds.Translation;

namespace Intercept.Xds.Resources;

/// <summary>Finds clusters that lead back into this proxy, whichever of the two comes later.</summary>
internal sealed class LoopSearch(DiscoveredClusters clusters, DiscoveredListeners listeners)
{
    public (NetEndpoint Address, string Listener)? Find(ImmutableArray<UpstreamEndpoint> endpoints)
    {
        foreach (var endpoint in endpoints)
        {
            if (endpoint.Address is { } host && listeners.BoundAt(host, endpoint.Port) is { } listener)
            {
                return (new NetEndpoint(host, endpoint.Port), listener);
            }
        }

        return null;
    }

    public string? FindCluster(Listener listener)
    {
        if (!listener.BindsToPort)
        {
            return null;
        }

        foreach (var cluster in clusters.ActiveNow.Values)
        {
            foreach (var endpoint in cluster.Endpoints)
            {
                if (endpoint.Address is { } host && LoopChecks.Reaches(host, endpoint.Port, listener))
                {
                    return cluster.Name;
                }
            }
        }

        return null;
    }
}
