namespace Intercept.Control.Generation.Traffic;

internal readonly record struct WeightedTarget(string Cluster, uint Weight);
