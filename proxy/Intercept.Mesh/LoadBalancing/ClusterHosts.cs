using System.Collections.Immutable;
using Intercept.Core.Addressing;
using Intercept.Mesh.Clusters;

namespace Intercept.Mesh.LoadBalancing;

/// <summary>From the endpoints of a cluster's configuration to hosts that can be connected to.</summary>
public static class ClusterHosts
{
    /// <summary>The endpoints that need no name resolution.</summary>
    public static ImmutableArray<ResolvedEndpoint> Of(Cluster cluster)
    {
        var resolved = ImmutableArray.CreateBuilder<ResolvedEndpoint>(cluster.Endpoints.Length);
        foreach (var endpoint in cluster.Endpoints)
        {
            if (endpoint.Address is { } address)
            {
                resolved.Add(Of(cluster, endpoint, address));
            }
        }

        return resolved.ToImmutable();
    }

    /// <param name="address">The endpoint's own, or one that its name resolves to.</param>
    public static ResolvedEndpoint Of(Cluster cluster, UpstreamEndpoint endpoint, NetAddress address) =>
        new(new NetEndpoint(address, endpoint.Port), endpoint.Weight, cluster.TransportOf(endpoint.Labels));
}
