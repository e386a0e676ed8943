using System.Collections.Immutable;
using Intercept.Mesh.Clusters;
using Intercept.Mesh.LoadBalancing;
using Intercept.Proxy.Stats;
using Intercept.Proxy.TlsContexts;

namespace Intercept.Proxy.Plans;

/// <summary>A cluster, ready to be connected to. Of those that nobody connects to there may be thousands: what can wait is made when first asked for.</summary>
/// <param name="transports">The cluster's own, then one for each of its transport_socket_matches; null speaks plaintext.</param>
internal sealed class ClusterPlan(Cluster cluster, ImmutableArray<ClientTls?> transports, LazyStats<ClusterStats> stats)
{
    // Boxed: an ImmutableArray is a reference, but the language does not let one be volatile.
    private volatile Hosts? _hosts;

    public Cluster Cluster => cluster;

    public ImmutableArray<ClientTls?> Transports => transports;

    public ClusterStats Stats => stats.Value;

    /// <summary>Its numbers, made or not.</summary>
    public LazyStats<ClusterStats> LazyStats => stats;

    public bool IsResolvedByName => cluster.Type is ClusterType.StrictDns or ClusterType.LogicalDns;

    /// <summary>The hosts that can be connected to now. Swapped whole when names resolve to something else.</summary>
    public ImmutableArray<ResolvedEndpoint> Endpoints
    {
        get => (_hosts ??= new Hosts(ClusterHosts.Of(cluster))).Endpoints;
        set => _hosts = new Hosts(value);
    }

    /// <summary>How connections to the original destination are made, which no endpoint stands for.</summary>
    public ClientTls? TransportOfOriginalDestination { get; } = transports[cluster.TransportOf(TransportLabels.None)];

    private sealed record Hosts(ImmutableArray<ResolvedEndpoint> Endpoints);
}
