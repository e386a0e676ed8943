namespace Intercept.Mesh.Listeners;

public readonly record struct WeightedCluster(string Name, uint Weight);
