namespace Intercept.Mesh.Clusters;

/// <summary>envoy.config.cluster.v3.Cluster.DiscoveryType.</summary>
public enum ClusterType : byte
{
    Static = 0,
    StrictDns = 1,
    LogicalDns = 2,
    Eds = 3,

    /// <summary>Connects to the connection's original destination.</summary>
    OriginalDestination = 4,
}
