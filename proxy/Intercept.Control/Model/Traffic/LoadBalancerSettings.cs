namespace Intercept.Control.Model.Traffic;

/// <param name="ConsistentHash">Instead of a simple balancer.</param>
/// <param name="Locality">Null: as the mesh says.</param>
/// <param name="Warmup">How long a new endpoint gets less; null for none.</param>
internal sealed record LoadBalancerSettings(
    SimpleLoadBalancer Simple, ConsistentHash? ConsistentHash, LocalityBalancing? Locality, TimeSpan? Warmup);
