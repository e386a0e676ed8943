using System.Collections.Immutable;
using Intercept.Mesh.Clusters;
using Intercept.Mesh.LoadBalancing;
using Intercept.Proxy.Stats;
using Intercept.Proxy.TlsContexts;

namespace Intercept.Proxy.Plans;

/// <summary>A cluster, ready to be connected to.</summary>
internal sealed class ClusterPlan(Cluster cluster, ClientTls? tls, ClusterStats stats, ImmutableArray<ResolvedEndpoint> hosts)
{
    // Boxed: an ImmutableArray is a reference, but the language does not let one be volatile.
    private volatile Hosts _hosts = new(hosts);

    public Cluster Cluster => cluster;

    /// <summary>Null speaks plaintext.</summary>
    public ClientTls? Tls => tls;

    public ClusterStats Stats => stats;

    public bool IsResolvedByName => cluster.Type is ClusterType.StrictDns or ClusterType.LogicalDns;

    /// <summary>The hosts that can be connected to now. Swapped whole when names resolve to something else.</summary>
    public ImmutableArray<ResolvedEndpoint> Endpoints
    {
        get => _hosts.Endpoints;
        set => _hosts = new Hosts(value);
    }

    private sealed record Hosts(ImmutableArray<ResolvedEndpoint> Endpoints);
}
