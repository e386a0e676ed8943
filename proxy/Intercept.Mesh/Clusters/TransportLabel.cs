namespace Intercept.Mesh.Clusters;

public readonly record struct TransportLabel(string Name, string Value);
