namespace Intercept.Mesh;

/// <summary>The node of an Envoy bootstrap: who this proxy is to its control plane and in its logs.</summary>
public sealed record NodeIdentity(string Id, string Cluster);
