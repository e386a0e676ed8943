using System.Collections.Frozen;
using System.Collections.Immutable;
using Intercept.Core.Addressing;
using Intercept.Core.Problems;
using Intercept.Mesh;
using Intercept.Mesh.Clusters;
using Intercept.Mesh.Listeners;
using Intercept.Mesh.LoadBalancing;
using Intercept.Mesh.Tls;
using Intercept.Proxy.Serving;
using Intercept.Proxy.Stats;
using Intercept.Proxy.TlsContexts;

namespace Intercept.Proxy.Plans;

/// <summary>
/// Snapshot to plan. What the previous plan has for the same objects of the configuration is used again, so that a change
/// costs what it changes: TLS contexts with their known peers and sessions, resolved hosts, counters, selectors.
/// </summary>
internal sealed class PlanBuilder(StatRegistry registry, SecretStore secrets, TimeProvider time)
{
    // Up to here the numbers of all clusters are there from the start, zeros that a monitor may rely on; beyond, those
    // that nobody has connected to would be most of the memory.
    private const int Few = 1000;

    /// <summary>All or nothing, for configuration that a person has written.</summary>
    /// <param name="snapshot">Validated.</param>
    /// <param name="previous">The plan in effect; null at start.</param>
    /// <param name="problems">Receives everything that is wrong with certificates and keys.</param>
    /// <returns>Null when there are problems; nothing of the previous plan has changed then.</returns>
    public ServingPlan? TryBuild(MeshSnapshot snapshot, ServingPlan? previous, ICollection<Problem> problems)
    {
        var before = problems.Count;
        var plan = Build(snapshot, previous, problems, out var added);
        if (problems.Count == before)
        {
            return plan;
        }

        foreach (var source in added)
        {
            source.Retire();
        }

        return null;
    }

    /// <summary>Always a plan: what a certificate is wrong or missing for is closed, and the rest of the mesh goes on.</summary>
    public ServingPlan Build(MeshSnapshot snapshot, ServingPlan? previous, ICollection<Problem> problems) => Build(snapshot, previous, problems, out _);

    private ServingPlan Build(MeshSnapshot snapshot, ServingPlan? previous, ICollection<Problem> problems, out IReadOnlyList<TlsSource> added)
    {
        using var material = new TlsMaterial(secrets);
        var sources = new TlsSourceSet(previous, material, time, problems);
        var clusters = ToClusters(snapshot, previous, sources, out var gone);
        var listeners = ToListeners(snapshot, previous, sources);
        var bound = ImmutableArray.CreateBuilder<ListenerPlan>();
        var unbound = new List<ListenerPlan>();
        foreach (var name in snapshot.Listeners.Select(listener => listener.Name).Concat(snapshot.RefusedListeners.Select(listener => listener.Name)))
        {
            var listener = listeners[name];
            if (listener.Listener.BindsToPort)
            {
                bound.Add(listener);
            }
            else
            {
                unbound.Add(listener);
            }
        }

        added = sources.New;
        return new ServingPlan(snapshot, listeners, bound.ToImmutable(), ByDestination(unbound), clusters, sources.Used) { GoneClusters = gone };
    }

    private static FrozenDictionary<NetEndpoint, ListenerPlan> ByDestination(List<ListenerPlan> listeners)
    {
        var byDestination = new Dictionary<NetEndpoint, ListenerPlan>(listeners.Count);
        foreach (var listener in listeners)
        {
            foreach (var address in listener.Listener.Addresses)
            {
                // Two for one destination: the one that refuses decides, or else which policy holds would be left to chance.
                if (!byDestination.TryAdd(address, listener) && listener.Refusal is not null)
                {
                    byDestination[address] = listener;
                }
            }
        }

        return byDestination.ToFrozenDictionary();
    }

    private ImmutableDictionary<string, ClusterPlan> ToClusters(
        MeshSnapshot snapshot, ServingPlan? previous, TlsSourceSet sources, out ImmutableArray<string> gone)
    {
        var before = previous?.Clusters ?? ImmutableDictionary.Create<string, ClusterPlan>(StringComparer.Ordinal);
        var now = before.ToBuilder();
        var kept = 0;
        foreach (var cluster in snapshot.Clusters.Values)
        {
            var known = before.GetValueOrDefault(cluster.Name);
            kept += known is null ? 0 : 1;
            if (known is not null && ReferenceEquals(known.Cluster, cluster))
            {
                sources.Keep(known);
                continue;
            }

            now[cluster.Name] = ToCluster(cluster, known, sources, hasFew: snapshot.Clusters.Count <= Few);
        }

        gone = kept == before.Count ? [] : [.. before.Keys.Where(name => !snapshot.Clusters.ContainsKey(name))];
        now.RemoveRange(gone);
        return now.ToImmutable();
    }

    private ClusterPlan ToCluster(Cluster cluster, ClusterPlan? previous, TlsSourceSet sources, bool hasFew)
    {
        var transports = ImmutableArray.CreateBuilder<ClientTls?>(1 + cluster.TransportSocketMatches.Length);
        transports.Add(cluster.Tls is { } own ? sources.Of(own) : null);
        transports.AddRange(cluster.TransportSocketMatches.Select(match => match.Tls is { } tls ? sources.Of(tls) : null));
        var plan = new ClusterPlan(
            cluster,
            transports.MoveToImmutable(),
            previous?.LazyStats ?? new LazyStats<ClusterStats>(registry, cluster.Name, static (registry, name) => new ClusterStats(registry, name)));

        // Until its names are resolved, a cluster that changed goes on with the hosts it had.
        if (previous is { IsResolvedByName: true } && previous.Cluster.Type == cluster.Type
            && previous.Cluster.Endpoints.SequenceEqual(cluster.Endpoints)
            && previous.Cluster.TransportSocketMatches.SequenceEqual(cluster.TransportSocketMatches))
        {
            plan.Endpoints = previous.Endpoints;
        }

        if (hasFew)
        {
            _ = plan.Stats;
        }

        return plan;
    }

    private ImmutableDictionary<string, ListenerPlan> ToListeners(MeshSnapshot snapshot, ServingPlan? previous, TlsSourceSet sources)
    {
        var before = previous?.Listeners ?? ImmutableDictionary.Create<string, ListenerPlan>(StringComparer.Ordinal);
        var now = before.ToBuilder();
        var names = new HashSet<string>(snapshot.Listeners.Length, StringComparer.Ordinal);
        foreach (var listener in snapshot.Listeners)
        {
            names.Add(listener.Name);
            var known = before.GetValueOrDefault(listener.Name);
            if (known is not null && ReferenceEquals(known.Listener, listener))
            {
                sources.Keep(known);
                continue;
            }

            var plan = ToListener(listener, known, sources, refusal: null);
            now[listener.Name] = plan;
            if (snapshot.Listeners.Length <= Few)
            {
                _ = plan.Stats;
                foreach (var chain in plan.Chains)
                {
                    _ = chain.Stats;
                }
            }
        }

        foreach (var refused in snapshot.RefusedListeners)
        {
            names.Add(refused.Name);
            var known = before.GetValueOrDefault(refused.Name);
            var listener = RefusedPlace.Of(refused);
            if (known?.Refusal != refused.Why || known.Listener != listener)
            {
                now[refused.Name] = ToListener(listener, known, sources, refused.Why);
            }
        }

        if (names.Count < now.Count)
        {
            now.RemoveRange(before.Keys.Where(name => !names.Contains(name)));
        }

        return now.ToImmutable();
    }

    private ListenerPlan ToListener(Listener listener, ListenerPlan? previous, TlsSourceSet sources, string? refusal)
    {
        var chains = listener.FilterChains.AsEnumerable();
        if (listener.DefaultFilterChain is { } defaultChain)
        {
            chains = chains.Append(defaultChain);
        }

        return new ListenerPlan(
            listener,
            [.. chains.Select(chain => ToChain(chain, sources))],
            previous?.LazyStats ?? new LazyStats<ListenerStats>(registry, listener.Name, static (registry, name) => new ListenerStats(registry, name)),
            previous?.Sources ?? new SourceLimit())
        {
            Refusal = refusal,
        };
    }

    private ChainPlan ToChain(FilterChain chain, TlsSourceSet sources) =>
        new(
            chain,
            chain.Tls is { } tls ? sources.Of(tls) : null,
            [.. chain.Rbac.Select(filter => new RbacPlan(filter, new RbacStats(registry, filter.StatPrefix)))],
            new LazyStats<ChainStats>(registry, chain.Proxy.StatPrefix, static (registry, name) => new ChainStats(registry, name)));
}
