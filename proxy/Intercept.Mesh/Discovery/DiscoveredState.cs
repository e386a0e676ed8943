using System.Collections.Immutable;

namespace Intercept.Mesh.Discovery;

/// <summary>What came from a control plane, as it stands at one snapshot. For people and pages: no connection depends on it.</summary>
public sealed record DiscoveredState
{
    private static readonly ImmutableDictionary<string, AcceptedResource> _nothing =
        ImmutableDictionary.Create<string, AcceptedResource>(StringComparer.Ordinal);

    public static DiscoveredState Empty { get; } = new();

    public ImmutableDictionary<string, AcceptedResource> Clusters { get; init; } = _nothing;

    /// <summary>By the name that clusters ask for: their service_name.</summary>
    public ImmutableDictionary<string, AcceptedResource> Endpoints { get; init; } = _nothing;

    public ImmutableDictionary<string, AcceptedResource> Listeners { get; init; } = _nothing;

    /// <summary>Kept and shown; nothing uses them in this version.</summary>
    public ImmutableDictionary<string, AcceptedResource> Routes { get; init; } = _nothing;

    /// <summary>Versions by name. The secrets themselves are in the secret store alone.</summary>
    public ImmutableDictionary<string, string> SecretVersions { get; init; } = ImmutableDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Accepted, and waiting for endpoints; the version before, if any, is in use meanwhile.</summary>
    public ImmutableArray<string> WarmingClusters { get; init; } = [];

    /// <summary>Accepted, and waiting for secrets; the version before, if any, is in use meanwhile.</summary>
    public ImmutableArray<string> WarmingListeners { get; init; } = [];

    public ImmutableArray<RefusedResource> Refused { get; init; } = [];

    public ImmutableArray<IgnoredFeature> Ignored { get; init; } = [];
}
