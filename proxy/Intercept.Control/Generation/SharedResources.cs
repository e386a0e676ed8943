using System.Collections.Immutable;

namespace Intercept.Control.Generation;

/// <summary>What all proxies of one scope get.</summary>
internal sealed record SharedResources(ResourceSet Clusters, ResourceSet Endpoints, ResourceSet Listeners, ResourceSet Routes)
{
    public static SharedResources Empty { get; } = new(ResourceSet.Empty, ResourceSet.Empty, ResourceSet.Empty, ResourceSet.Empty);

    /// <summary>The set that there was, if it would be the same again.</summary>
    public static ResourceSet Keep(ResourceSet before, ImmutableArray<GeneratedResource> resources)
    {
        if (before.Has(resources))
        {
            return before;
        }

        var now = new ResourceSet(resources);
        var changes = now.ChangesSince(before);
        return changes.Updated.IsEmpty && changes.Removed.IsEmpty ? before : now;
    }
}
