using System.Collections.Immutable;
using Intercept.Core.Addressing;

namespace Intercept.Mesh.Listeners.Selection;

/// <summary>
/// Envoy's choice of a filter chain. Criteria in order: destination port, destination prefix, server name, transport,
/// application protocol, source prefix, source port. At each the most specific value that any chain names wins, and
/// chains that do not name it drop out for good: there is no way back to a less specific one. Built once per listener.
/// </summary>
public sealed class FilterChainSelector
{
    private readonly PortLevel<PrefixLevel<ServerNameLevel>> _root = new();
    private readonly FilterChain? _default;

    public FilterChainSelector(Listener listener)
        : this(listener.FilterChains, listener.DefaultFilterChain, null)
    {
    }

    private FilterChainSelector(ImmutableArray<FilterChain> chains, FilterChain? defaultChain, List<(FilterChain Earlier, FilterChain Later)>? overlaps)
    {
        _default = defaultChain;
        foreach (var chain in chains)
        {
            if (Add(chain) is { } earlier)
            {
                overlaps?.Add((earlier, chain));
            }
        }
    }

    /// <summary>Pairs of chains that some connection would match equally well: a configuration error.</summary>
    public static IReadOnlyList<(FilterChain Earlier, FilterChain Later)> FindOverlaps(ImmutableArray<FilterChain> chains)
    {
        var overlaps = new List<(FilterChain Earlier, FilterChain Later)>();
        _ = new FilterChainSelector(chains, null, overlaps);
        return overlaps;
    }

    /// <summary>The chain for a connection, else the listener's default chain, else null: close it.</summary>
    public FilterChain? Select(in ChainQuery query) =>
        _root.Find(query.Destination.Port)?
            .Find(query.Destination.Address)?
            .Find(query.ServerName)?
            .Find(query.Transport)?
            .Find(query.ApplicationProtocols)?
            .Find(query.Source.Address)?
            .Find(query.Source.Port)?
            .Chain ?? _default;

    /// <summary>
    /// Whether the choice for this destination depends on what the client says first. Where it does not, nobody has to
    /// wait for it: a server that speaks first is not delayed.
    /// </summary>
    public bool DependsOnFirstBytes(NetEndpoint destination) =>
        _root.Find(destination.Port)?.Find(destination.Address)?.DependsOnFirstBytes ?? false;

    /// <returns>An earlier chain that claims the same connections, if there is one.</returns>
    private FilterChain? Add(FilterChain chain)
    {
        var match = chain.Match;
        ImmutableArray<ushort> ports = match.DestinationPort is { } port ? [port] : [];
        FilterChain? earlier = null;
        foreach (var slot in _root.Open(ports)
            .SelectMany(level => level.Open(match.DestinationPrefixes))
            .SelectMany(level => level.Open(match.ServerNames))
            .SelectMany(level => level.Open(match.Transport))
            .SelectMany(level => level.Open(match.ApplicationProtocols))
            .SelectMany(level => level.Open(match.SourcePrefixes))
            .SelectMany(level => level.Open(match.SourcePorts)))
        {
            earlier ??= slot.Chain is { } taken && !ReferenceEquals(taken, chain) ? taken : null;
            slot.Chain ??= chain;
        }

        return earlier;
    }
}
