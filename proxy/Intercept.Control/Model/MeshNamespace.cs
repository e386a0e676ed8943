namespace Intercept.Control.Model;

internal sealed record MeshNamespace(string Name, ValueMap<string> Labels, Origin Origin);
