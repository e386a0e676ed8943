using System.Collections.Immutable;

namespace Intercept.Mesh.Discovery;

/// <summary>A resource that was refused (NACK). Where there is a last good version, that one stays in use.</summary>
/// <param name="TypeUrl">Of the message: type.googleapis.com/envoy.config.cluster.v3.Cluster.</param>
/// <param name="Version">The refused one.</param>
/// <param name="Reasons">All of them, each with the path of its field.</param>
public sealed record RefusedResource(string TypeUrl, string Name, string Version, ImmutableArray<string> Reasons, DateTimeOffset Since);
