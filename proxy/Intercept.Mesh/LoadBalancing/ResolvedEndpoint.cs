using Intercept.Core.Addressing;

namespace Intercept.Mesh.LoadBalancing;

/// <summary>One address of a cluster that can be connected to.</summary>
public readonly record struct ResolvedEndpoint(NetEndpoint Endpoint, uint Weight);
