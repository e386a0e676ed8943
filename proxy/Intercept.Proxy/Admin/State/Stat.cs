using System.Collections.Immutable;

namespace Intercept.Proxy.Admin.State;

/// <summary>One statistic at one moment.</summary>
/// <param name="Name">The full name, as /stats prints it: "cluster.mesh.upstream_cx_total".</param>
/// <param name="Family">The name without what the tags say: "cluster.upstream_cx_total". Prometheus gets it as envoy_cluster_upstream_cx_total.</param>
/// <param name="IsUsed">Written since start; ?usedonly leaves the others out.</param>
internal readonly record struct Stat(string Name, string Family, ImmutableArray<StatTag> Tags, StatKind Kind, long Value, bool IsUsed);
