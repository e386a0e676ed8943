using System.Collections.Immutable;

namespace Intercept.Xds.Discovery;

/// <summary>What one response changes: no name stands in it twice, and none that was not asked for.</summary>
/// <param name="Updated">New or changed.</param>
/// <param name="Removed">Existed, or was asked for, and does not exist now. To be applied after the updates.</param>
/// <param name="IsWhole">
/// State of the world, listeners and clusters: what is not among the updates exists no more. Not set when part of the
/// response could not be read, since then an absence says nothing.
/// </param>
internal sealed record ResourceBatch(
    ResourceType Type, ImmutableArray<DiscoveredResource> Updated, ImmutableArray<string> Removed, bool IsWhole);
