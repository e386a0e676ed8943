using System.Collections.Immutable;
using Intercept.Mesh.Clusters;

namespace Intercept.Xds.Resources;

/// <summary>envoy.config.endpoint.v3.ClusterLoadAssignment: the endpoints of every cluster that asks for this name.</summary>
internal sealed record Assignment(string Name, ImmutableArray<UpstreamEndpoint> Endpoints);
