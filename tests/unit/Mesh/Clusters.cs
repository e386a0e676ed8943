using System.Collections.Immutable;
using Intercept.Mesh.Clusters;

namespace Intercept.Tests.Unit.Mesh;

/// <summary>Clusters of which a test says only what it is about.</summary>
internal static class Clusters
{
    public static Cluster Of(ImmutableArray<UpstreamEndpoint> endpoints, string name = "c") => new()
    {
        Name = name,
        Type = ClusterType.Static,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        Endpoints = endpoints,
        Tls = null,
        BindAddresses = [],
        OriginalDestinationPortOverride = null,
        MaximumConnections = 1024,
        DnsRefreshRate = TimeSpan.FromSeconds(5),
    };
}
