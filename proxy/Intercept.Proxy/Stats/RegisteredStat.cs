using System.Collections.Immutable;

namespace Intercept.Proxy.Stats;

/// <summary>One number under its two names.</summary>
/// <param name="Text">As Envoy's /stats writes it: "cluster.mesh.upstream_cx_total".</param>
/// <param name="Family">Without what varies: "cluster.upstream_cx_total".</param>
/// <param name="Labels">What varies: envoy_cluster_name="mesh".</param>
internal sealed record RegisteredStat(string Text, string Family, ImmutableArray<StatLabel> Labels, Counter? Counter, Gauge? Gauge)
{
    public bool IsUsed => Counter is { Value: > 0 } || Gauge is { IsUsed: true };

    public long Value => Counter?.Value ?? Gauge?.Value ?? 0;
}
