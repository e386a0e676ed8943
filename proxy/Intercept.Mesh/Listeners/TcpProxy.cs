using System.Collections.Immutable;

namespace Intercept.Mesh.Listeners;

/// <summary>envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.</summary>
public sealed record TcpProxy
{
    /// <summary>Where connections go, with weights; one entry of weight 1 for a plain cluster.</summary>
    public required ImmutableArray<WeightedCluster> Clusters { get; init; }

    public required string StatPrefix { get; init; }

    /// <summary>Zero is no limit. Envoy's default is 1 h.</summary>
    public required TimeSpan IdleTimeout { get; init; }

    public bool Equals(TcpProxy? other) =>
        other is not null && Clusters.SameAs(other.Clusters) && StatPrefix == other.StatPrefix && IdleTimeout == other.IdleTimeout;

    public override int GetHashCode() => HashCode.Combine(Clusters.Length, StatPrefix, IdleTimeout);
}
