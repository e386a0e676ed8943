using System.Collections.Immutable;
using Intercept.Mesh.Clusters;

namespace Intercept.Mesh.LoadBalancing;

/// <summary>Picks the host of each connection to one cluster. Held by one event loop; a pick allocates nothing.</summary>
public abstract class Balancer
{
    public ImmutableArray<ResolvedEndpoint> Endpoints { get; private set; } = [];

    public abstract BalancingPolicy Policy { get; }

    /// <summary>Whether every endpoint has the same weight.</summary>
    protected bool IsEven { get; private set; }

    protected long TotalWeight { get; private set; }

    public static Balancer Of(BalancingPolicy policy, Random random) => policy switch
    {
        BalancingPolicy.LeastRequest => new LeastRequest(random),
        BalancingPolicy.Random => new RandomChoice(random),
        _ => new RoundRobin(),
    };

    /// <summary>Takes a new set, as when a name resolves to other addresses. The same set keeps its place in the round.</summary>
    /// <param name="endpoints">Each with a weight of at least 1.</param>
    /// <param name="start">Where a round starts, so that loops do not all send their first connection to one host.</param>
    public void Replace(ImmutableArray<ResolvedEndpoint> endpoints, int start = 0)
    {
        if (Endpoints.SameAs(endpoints) && !Endpoints.IsEmpty)
        {
            // The array of the plan in effect, so that the next look finds it the same at once.
            Endpoints = endpoints;
            return;
        }

        Endpoints = endpoints;
        TotalWeight = 0;
        IsEven = true;
        foreach (var endpoint in endpoints)
        {
            TotalWeight += endpoint.Weight;
            IsEven &= endpoint.Weight == endpoints[0].Weight;
        }

        Restart(start);
    }

    /// <summary>False when there is no endpoint.</summary>
    public bool TryPick(IHostLoad load, out ResolvedEndpoint endpoint)
    {
        endpoint = Endpoints.IsEmpty ? default : Endpoints[Next(load)];
        return !Endpoints.IsEmpty;
    }

    protected abstract void Restart(int start);

    protected abstract int Next(IHostLoad load);
}
