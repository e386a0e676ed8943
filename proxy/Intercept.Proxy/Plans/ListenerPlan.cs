using System.Collections.Frozen;
using System.Collections.Immutable;
using Intercept.Core.Addressing;
using Intercept.Mesh.Listeners;
using Intercept.Mesh.Listeners.Selection;
using Intercept.Proxy.Serving;
using Intercept.Proxy.Stats;

namespace Intercept.Proxy.Plans;

/// <summary>A listener, ready to accept.</summary>
internal sealed class ListenerPlan(Listener listener, ImmutableArray<ChainPlan> chains, LazyStats<ListenerStats> stats, SourceLimit sources)
{
    private ChainChoice? _choice;
    private int _refusalsTold;

    public Listener Listener => listener;

    public ImmutableArray<ChainPlan> Chains => chains;

    public ListenerStats Stats => stats.Value;

    /// <summary>Its numbers, made or not.</summary>
    public LazyStats<ListenerStats> LazyStats => stats;

    /// <summary>Live connections of one source over all loops.</summary>
    public SourceLimit Sources => sources;

    /// <summary>Why everything that arrives is closed; null for a listener that serves.</summary>
    public string? Refusal { get; init; }

    // Of thousands of listeners few are ever asked.
    private ChainChoice Choice => Volatile.Read(ref _choice) ?? (_choice = new ChainChoice(listener, chains));

    /// <summary>
    /// Whether the client's first bytes must be looked at before this destination can be served. Where they decide
    /// nothing nobody waits for them, and a server that speaks first is not delayed.
    /// </summary>
    public bool MustInspect(NetEndpoint destination) => listener.InspectsTls && Choice.DependsOnFirstBytes(destination);

    public ChainPlan? Select(in ChainQuery query) => Choice.Select(query);

    /// <summary>True once, for the one line in the log that a refused listener gets.</summary>
    public bool TryTellRefusal() => Interlocked.Exchange(ref _refusalsTold, 1) == 0;

    private sealed class ChainChoice(Listener listener, ImmutableArray<ChainPlan> chains)
    {
        private readonly FilterChainSelector _selector = new(listener);

        private readonly FrozenDictionary<FilterChain, ChainPlan> _chains =
            chains.ToFrozenDictionary<ChainPlan, FilterChain>(chain => chain.Chain, ReferenceEqualityComparer.Instance);

        private readonly bool _asksForServerName = chains.Any(chain => chain.Rbac.Any(rbac => ServerNameUse.IsIn(rbac.Filter)));

        public bool DependsOnFirstBytes(NetEndpoint destination) => _asksForServerName || _selector.DependsOnFirstBytes(destination);

        public ChainPlan? Select(in ChainQuery query) => _selector.Select(query) is { } chain ? _chains[chain] : null;
    }
}
