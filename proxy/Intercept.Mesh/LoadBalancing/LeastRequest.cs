using Intercept.Mesh.Clusters;

namespace Intercept.Mesh.LoadBalancing;

/// <summary>
/// The power of two choices: two hosts are drawn by weight, and the one that carries less is taken. As good as looking at
/// all of them, and loops that see the same numbers do not all rush to the same host.
/// </summary>
public sealed class LeastRequest(Random random) : Balancer
{
    private readonly WeightedDraw _draw = new(random);

    public override BalancingPolicy Policy => BalancingPolicy.LeastRequest;

    protected override void Restart(int start) => _draw.Replace(Endpoints, IsEven);

    protected override int Next(IHostLoad load)
    {
        var (one, other) = (_draw.Next(), _draw.Next());
        return one != other && load.ConnectionsOf(Endpoints[other].Endpoint) < load.ConnectionsOf(Endpoints[one].Endpoint) ? other : one;
    }
}
