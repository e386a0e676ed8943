using System.Collections.Immutable;
using Intercept.Mesh.Discovery;

namespace Intercept.Xds.Resources;

/// <summary>What a restart needs to know again.</summary>
/// <param name="RefusedListeners">Those without a good version: what was meant for them must be closed then as well.</param>
internal sealed record StoredResources(DiscoveredState State, ImmutableDictionary<string, AcceptedResource> RefusedListeners)
{
    public static StoredResources Nothing { get; } =
        new(DiscoveredState.Empty, ImmutableDictionary.Create<string, AcceptedResource>(StringComparer.Ordinal));
}
