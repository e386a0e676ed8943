using System.Collections.Immutable;
using Intercept.Core.Addressing;

namespace Intercept.Mesh.LoadBalancing;

/// <summary>
/// Weighted round robin over the endpoints of one cluster, smooth: of weights 5, 1, 1 the order is a a b a c a a, never
/// five in a row. Held by one event loop; a pick allocates nothing.
/// </summary>
public sealed class RoundRobin
{
    private ImmutableArray<ResolvedEndpoint> _endpoints = [];
    private long[] _credits = [];
    private long _totalWeight;
    private bool _isEven;
    private int _next;

    public RoundRobin(ImmutableArray<ResolvedEndpoint> endpoints, int start = 0) => Replace(endpoints, start);

    public ImmutableArray<ResolvedEndpoint> Endpoints => _endpoints;

    /// <summary>The endpoints that need no name resolution.</summary>
    public static ImmutableArray<ResolvedEndpoint> Resolved(ImmutableArray<Clusters.UpstreamEndpoint> endpoints)
    {
        var resolved = ImmutableArray.CreateBuilder<ResolvedEndpoint>(endpoints.Length);
        foreach (var endpoint in endpoints)
        {
            if (endpoint.Address is { } address)
            {
                resolved.Add(new ResolvedEndpoint(new NetEndpoint(address, endpoint.Port), endpoint.Weight));
            }
        }

        return resolved.ToImmutable();
    }

    /// <summary>Takes a new set, as when a name resolves to other addresses. The same set keeps its place in the round.</summary>
    /// <param name="endpoints">Each with a weight of at least 1.</param>
    /// <param name="start">Where the round starts, so that loops do not all send their first connection to one host.</param>
    public void Replace(ImmutableArray<ResolvedEndpoint> endpoints, int start = 0)
    {
        if (_endpoints.SameAs(endpoints) && !_endpoints.IsEmpty)
        {
            return;
        }

        _endpoints = endpoints;
        _totalWeight = 0;
        _isEven = true;
        foreach (var endpoint in endpoints)
        {
            _totalWeight += endpoint.Weight;
            _isEven &= endpoint.Weight == endpoints[0].Weight;
        }

        _credits = _isEven ? [] : new long[endpoints.Length];
        _next = 0;
        for (var turn = endpoints.IsEmpty ? 0 : (uint)start % (uint)endpoints.Length; turn > 0; turn--)
        {
            _ = _isEven ? NextInTurn() : NextByCredit();
        }
    }

    /// <summary>False when there is no endpoint.</summary>
    public bool TryPick(out NetEndpoint endpoint)
    {
        endpoint = default;
        if (_endpoints.IsEmpty)
        {
            return false;
        }

        endpoint = _endpoints[_isEven ? NextInTurn() : NextByCredit()].Endpoint;
        return true;
    }

    private int NextInTurn()
    {
        var index = _next;
        _next = index + 1 == _endpoints.Length ? 0 : index + 1;
        return index;
    }

    // Every endpoint earns its weight each turn; the richest is picked and pays for the whole turn.
    private int NextByCredit()
    {
        var best = 0;
        for (var i = 0; i < _credits.Length; i++)
        {
            _credits[i] += _endpoints[i].Weight;
            if (_credits[i] > _credits[best])
            {
                best = i;
            }
        }

        _credits[best] -= _totalWeight;
        return best;
    }
}
