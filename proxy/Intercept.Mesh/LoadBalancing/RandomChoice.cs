using Intercept.Mesh.Clusters;

namespace Intercept.Mesh.LoadBalancing;

/// <summary>Any host, as often as its weight says.</summary>
public sealed class RandomChoice(Random random) : Balancer
{
    private readonly WeightedDraw _draw = new(random);

    public override BalancingPolicy Policy => BalancingPolicy.Random;

    protected override void Restart(int start) => _draw.Replace(Endpoints, IsEven);

    protected override int Next(IHostLoad load) => _draw.Next();
}
