using System.Collections.Immutable;
using Intercept.Xds.Discovery;

namespace Intercept.Control.Generation;

/// <summary>Everything that one proxy, or several that are alike, may ask for.</summary>
internal sealed class ProxyResources(IReadOnlyDictionary<ResourceType, ResourceSet> sets)
{
    private readonly ImmutableArray<ResourceSet> _sets = [.. TypeUrls.All.Select(type => sets.GetValueOrDefault(type, ResourceSet.Empty))];

    public ResourceSet this[ResourceType type] => _sets[(int)type];
}
