namespace Intercept.Mesh.Clusters;

/// <summary>envoy.config.cluster.v3.Cluster.LbPolicy, the supported ones.</summary>
public enum BalancingPolicy : byte
{
    /// <summary>In turn, by weight.</summary>
    RoundRobin = 0,

    /// <summary>Of two hosts picked at random by weight, the one with fewer connections.</summary>
    LeastRequest = 1,

    Random = 3,
}
