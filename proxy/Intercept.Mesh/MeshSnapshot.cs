using System.Collections.Immutable;
using Intercept.Core.Addressing;
using Intercept.Mesh.Clusters;
using Intercept.Mesh.Discovery;
using Intercept.Mesh.Listeners;

namespace Intercept.Mesh;

/// <summary>
/// All that the proxy acts on, immutable and validated. A change makes a new one and swaps a single reference;
/// parts that did not change keep their object, so that reference equality tells what a change concerns.
/// </summary>
public sealed record MeshSnapshot
{
    /// <summary>Grows by one with every accepted configuration.</summary>
    public required long Version { get; init; }

    public required NodeIdentity Node { get; init; }

    /// <summary>Where the admin interface listens; null turns it off. Loopback only.</summary>
    public required NetEndpoint? Admin { get; init; }

    public required ImmutableArray<Listener> Listeners { get; init; }

    /// <summary>Listeners that close what arrives for them.</summary>
    public ImmutableArray<RefusedListener> RefusedListeners { get; init; } = [];

    /// <summary>
    /// By name. A listener of a control plane may name a cluster that is not there (yet, or no more): its connections are
    /// closed. Not frozen: among ten thousand clusters a change of one must not cost the making of a whole table.
    /// </summary>
    public required ImmutableDictionary<string, Cluster> Clusters { get; init; }

    /// <summary>What a control plane has to do with it; null when all of it is from the bootstrap.</summary>
    public DiscoveredState? Discovered { get; init; }
}
