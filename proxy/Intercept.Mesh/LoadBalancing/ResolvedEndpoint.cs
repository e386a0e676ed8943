using Intercept.Core.Addressing;

namespace Intercept.Mesh.LoadBalancing;

/// <summary>One address of a cluster that can be connected to.</summary>
/// <param name="Transport">How it is spoken to: 0 is the cluster's own transport, n its transport_socket_matches[n - 1].</param>
public readonly record struct ResolvedEndpoint(NetEndpoint Endpoint, uint Weight, int Transport = 0);
