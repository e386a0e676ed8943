using Intercept.Mesh.Clusters;

namespace Intercept.Mesh.LoadBalancing;

/// <summary>
/// Weighted round robin, smooth: of weights 5, 1, 1 the order is a a b a c a a, never five in a row.
/// </summary>
public sealed class RoundRobin : Balancer
{
    private long[] _credits = [];
    private int _next;

    public override BalancingPolicy Policy => BalancingPolicy.RoundRobin;

    protected override void Restart(int start)
    {
        _credits = IsEven ? [] : new long[Endpoints.Length];
        _next = 0;
        for (var turn = Endpoints.IsEmpty ? 0 : (uint)start % (uint)Endpoints.Length; turn > 0; turn--)
        {
            _ = IsEven ? NextInTurn() : NextByCredit();
        }
    }

    protected override int Next(IHostLoad load) => IsEven ? NextInTurn() : NextByCredit();

    private int NextInTurn()
    {
        var index = _next;
        _next = index + 1 == Endpoints.Length ? 0 : index + 1;
        return index;
    }

    // Every endpoint earns its weight each turn; the richest is picked and pays for the whole turn.
    private int NextByCredit()
    {
        var best = 0;
        for (var i = 0; i < _credits.Length; i++)
        {
            _credits[i] += Endpoints[i].Weight;
            if (_credits[i] > _credits[best])
            {
                best = i;
            }
        }

        _credits[best] -= TotalWeight;
        return best;
    }
}
