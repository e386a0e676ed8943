using Intercept.Mesh.Tls;

namespace Intercept.Mesh.Clusters;

/// <summary>envoy.config.cluster.v3.Cluster.TransportSocketMatch: the transport of the endpoints that meet its criteria.</summary>
/// <param name="Tls">Null speaks plaintext (raw_buffer).</param>
public sealed record TransportSocketMatch(string Name, TransportLabels Criteria, UpstreamTls? Tls);
