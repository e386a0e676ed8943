using Intercept.Mesh.Clusters;

namespace Intercept.Xds.Resources;

/// <summary>A cluster without what comes apart from it.</summary>
/// <param name="EndpointsName">Under which its endpoints are to be asked for; null when they stand in the cluster.</param>
internal sealed record ClusterTemplate(Cluster Cluster, string? EndpointsName);
