namespace Intercept.Proxy.Admin.State;

/// <summary>A Prometheus label: ("envoy_cluster_name", "mesh").</summary>
internal readonly record struct StatTag(string Name, string Value);
