using System.Collections.Immutable;
using Intercept.Core.Addressing;
using Intercept.Mesh.Tls;

namespace Intercept.Mesh.Clusters;

/// <summary>envoy.config.cluster.v3.Cluster, the supported subset.</summary>
public sealed record Cluster
{
    public required string Name { get; init; }

    public required ClusterType Type { get; init; }

    /// <summary>Envoy's default is 5 s.</summary>
    public required TimeSpan ConnectTimeout { get; init; }

    /// <summary>Empty for <see cref="ClusterType.OriginalDestination"/>.</summary>
    public required ImmutableArray<UpstreamEndpoint> Endpoints { get; init; }

    /// <summary>Null speaks plaintext. For endpoints that meet none of <see cref="TransportSocketMatches"/>.</summary>
    public required UpstreamTls? Tls { get; init; }

    /// <summary>transport_socket_matches: the first whose criteria an endpoint meets decides how it is spoken to.</summary>
    public ImmutableArray<TransportSocketMatch> TransportSocketMatches { get; init; } = [];

    /// <summary>lb_policy. Without a meaning for <see cref="ClusterType.OriginalDestination"/>.</summary>
    public BalancingPolicy Balancing { get; init; }

    /// <summary>upstream_bind_config.source_address: 127.0.0.6 (and ::6) on the inbound pass-through, so that capture exempts it.</summary>
    public required ImmutableArray<NetAddress> BindAddresses { get; init; }

    /// <summary>original_dst_lb_config.upstream_port_override; null keeps the port.</summary>
    public required ushort? OriginalDestinationPortOverride { get; init; }

    /// <summary>circuit_breakers max_connections; 0 is no limit. Envoy's default is 1024.</summary>
    public required int MaximumConnections { get; init; }

    /// <summary>How often STRICT_DNS names are resolved again.</summary>
    public required TimeSpan DnsRefreshRate { get; init; }

    /// <summary>dns_lookup_family.</summary>
    public AddressFamilies NameFamilies { get; init; }

    /// <summary>The transport of an endpoint: 0 is <see cref="Tls"/>, n is the n-th of <see cref="TransportSocketMatches"/>.</summary>
    public int TransportOf(TransportLabels labels)
    {
        for (var i = 0; i < TransportSocketMatches.Length; i++)
        {
            if (labels.Meet(TransportSocketMatches[i].Criteria))
            {
                return i + 1;
            }
        }

        return 0;
    }

    public bool Equals(Cluster? other) =>
        other is not null && Name == other.Name && Type == other.Type && ConnectTimeout == other.ConnectTimeout
        && Endpoints.SameAs(other.Endpoints) && Tls == other.Tls
        && TransportSocketMatches.SameAs(other.TransportSocketMatches) && Balancing == other.Balancing
        && BindAddresses.SameAs(other.BindAddresses)
        && OriginalDestinationPortOverride == other.OriginalDestinationPortOverride
        && MaximumConnections == other.MaximumConnections && DnsRefreshRate == other.DnsRefreshRate && NameFamilies == other.NameFamilies;

    public override int GetHashCode() => HashCode.Combine(Name, Type, Endpoints.Length);
}
