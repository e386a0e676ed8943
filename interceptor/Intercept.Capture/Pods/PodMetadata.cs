using System.Collections.Immutable;

namespace Intercept.Capture.Pods;

/// <summary>What the decision needs to know of a pod, from a manifest or from the API.</summary>
public sealed record PodMetadata(PodIdentity Identity)
{
    public ImmutableDictionary<string, string> Labels { get; init; } = ImmutableDictionary<string, string>.Empty;

    public ImmutableDictionary<string, string> Annotations { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The names of containers and init containers; empty is not known.</summary>
    public ImmutableArray<string> Containers { get; init; } = [];
}
