using Intercept.Core.Addressing;

namespace Intercept.Mesh.Clusters;

/// <summary>One host of a cluster: an address, or a name still to be resolved (STRICT_DNS).</summary>
/// <param name="Address">Null while <paramref name="HostName"/> is to be resolved.</param>
/// <param name="Weight">load_balancing_weight, 1 when absent.</param>
public sealed record UpstreamEndpoint(NetAddress? Address, string? HostName, ushort Port, uint Weight)
{
    /// <summary>Which of the cluster's transport_socket_matches it meets.</summary>
    public TransportLabels Labels { get; init; } = TransportLabels.None;
}
