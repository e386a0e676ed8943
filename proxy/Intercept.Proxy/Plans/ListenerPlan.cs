using System.Collections.Frozen;
using Intercept.Core.Addressing;
using Intercept.Mesh.Listeners;
using Intercept.Mesh.Listeners.Selection;
using Intercept.Proxy.Stats;

namespace Intercept.Proxy.Plans;

/// <summary>A listener, ready to accept.</summary>
internal sealed class ListenerPlan
{
    private readonly FilterChainSelector _selector;
    private readonly FrozenDictionary<FilterChain, ChainPlan> _chains;
    private readonly bool _asksForServerName;

    public ListenerPlan(Listener listener, IEnumerable<ChainPlan> chains, ListenerStats stats)
    {
        Listener = listener;
        Stats = stats;
        _selector = new FilterChainSelector(listener);
        _chains = chains.ToFrozenDictionary<ChainPlan, FilterChain>(chain => chain.Chain, ReferenceEqualityComparer.Instance);
        _asksForServerName = _chains.Values.Any(chain => chain.Rbac.Any(rbac => ServerNameUse.IsIn(rbac.Filter)));
    }

    public Listener Listener { get; }

    public ListenerStats Stats { get; }

    /// <summary>
    /// Whether the client's first bytes must be looked at before this destination can be served. Where they decide
    /// nothing nobody waits for them, and a server that speaks first is not delayed.
    /// </summary>
    public bool MustInspect(NetEndpoint destination) =>
        Listener.InspectsTls && (_asksForServerName || _selector.DependsOnFirstBytes(destination));

    public ChainPlan? Select(in ChainQuery query) => _selector.Select(query) is { } chain ? _chains[chain] : null;
}
