using System.Collections.Frozen;
using System.Collections.Immutable;
using Intercept.Core.Problems;
using Intercept.Mesh;
using Intercept.Mesh.Clusters;
using Intercept.Mesh.Listeners;
using Intercept.Mesh.LoadBalancing;
using Intercept.Mesh.Tls;
using Intercept.Proxy.Stats;
using Intercept.Proxy.TlsContexts;

namespace Intercept.Proxy.Plans;

/// <summary>
/// Snapshot to plan, all or nothing. What the previous plan has for the same configuration is used again: TLS contexts
/// with their known peers and sessions, resolved hosts, counters.
/// </summary>
internal sealed class PlanBuilder(StatRegistry registry, TimeProvider time)
{
    /// <param name="snapshot">Validated.</param>
    /// <param name="previous">The plan in effect; null at start.</param>
    /// <param name="problems">Receives everything that is wrong with certificates and keys.</param>
    /// <returns>Null when there are problems; nothing of the previous plan has changed then.</returns>
    public ServingPlan? TryBuild(MeshSnapshot snapshot, ServingPlan? previous, ICollection<Problem> problems)
    {
        using var files = new PemFiles();
        var sources = new TlsSources(previous, files, time, problems);
        var clusters = snapshot.Clusters.Values.ToFrozenDictionary(
            cluster => cluster.Name, cluster => ToCluster(cluster, previous?.Clusters.GetValueOrDefault(cluster.Name), sources));
        var listeners = snapshot.Listeners.Select(listener => ToListener(listener, clusters, previous?.Find(listener.Name), sources)).ToImmutableArray();
        if (problems.Count > 0)
        {
            sources.RetireNew();
            return null;
        }

        return new ServingPlan(snapshot, listeners, clusters, sources.All);
    }

    private ClusterPlan ToCluster(Cluster cluster, ClusterPlan? previous, TlsSources sources)
    {
        if (previous is not null && ReferenceEquals(previous.Cluster, cluster))
        {
            sources.Keep(previous.Tls);
            return previous;
        }

        var tls = cluster.Tls is { } configuration ? sources.Of(configuration) : null;

        // Until its names are resolved, a cluster that changed goes on with the hosts it had.
        var hosts = previous is { IsResolvedByName: true } && previous.Cluster.Type == cluster.Type && previous.Cluster.Endpoints.SequenceEqual(cluster.Endpoints)
            ? previous.Endpoints
            : RoundRobin.Resolved(cluster.Endpoints);
        return new ClusterPlan(cluster, tls, previous?.Stats ?? new ClusterStats(registry, cluster.Name), hosts);
    }

    private ListenerPlan ToListener(
        Listener listener, FrozenDictionary<string, ClusterPlan> clusters, ListenerPlan? previous, TlsSources sources)
    {
        var chains = listener.FilterChains.AsEnumerable();
        if (listener.DefaultFilterChain is { } defaultChain)
        {
            chains = chains.Append(defaultChain);
        }

        return new ListenerPlan(
            listener,
            [.. chains.Select(chain => ToChain(chain, clusters, sources))],
            previous?.Stats ?? new ListenerStats(registry, listener.Name));
    }

    private ChainPlan ToChain(FilterChain chain, FrozenDictionary<string, ClusterPlan> clusters, TlsSources sources) =>
        new(
            chain,
            chain.Tls is { } tls ? sources.Of(tls) : null,
            [.. chain.Rbac.Select(filter => new RbacPlan(filter, new RbacStats(registry, filter.StatPrefix)))],
            new ChainStats(registry, chain.Proxy.StatPrefix),
            chain.Proxy.Clusters.DistinctBy(target => target.Name).ToImmutableDictionary(target => target.Name, target => clusters[target.Name]));

    /// <summary>One source for each distinct TLS configuration.</summary>
    private sealed class TlsSources(ServingPlan? previous, PemFiles files, TimeProvider time, ICollection<Problem> problems)
    {
        private readonly Dictionary<object, TlsSource> _before =
            previous?.TlsSources.ToDictionary(ConfigurationOf) ?? [];

        private readonly Dictionary<object, TlsSource> _now = [];
        private readonly List<TlsSource> _loaded = [];

        public ImmutableArray<TlsSource> All => [.. _now.Values];

        public ServerTls Of(DownstreamTls configuration) => (ServerTls)Of(configuration, static of => new ServerTls((DownstreamTls)of));

        public ClientTls Of(UpstreamTls configuration) => (ClientTls)Of(configuration, static of => new ClientTls((UpstreamTls)of));

        public void Keep(TlsSource? source)
        {
            if (source is not null)
            {
                _now.TryAdd(ConfigurationOf(source), source);
            }
        }

        public void RetireNew() => _loaded.ForEach(source => source.Retire());

        private static object ConfigurationOf(TlsSource source) => source switch
        {
            ServerTls server => server.Configuration,
            ClientTls client => client.Configuration,
            _ => source,
        };

        private TlsSource Of(object configuration, Func<object, TlsSource> create)
        {
            if (_now.TryGetValue(configuration, out var source))
            {
                return source;
            }

            if (!_before.TryGetValue(configuration, out source))
            {
                source = create(configuration);
                source.Load(files, time, problems);
                _loaded.Add(source);
            }

            _now.Add(configuration, source);
            return source;
        }
    }
}
