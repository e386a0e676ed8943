using System.Collections.Immutable;
using Intercept.Xds.Discovery;

namespace Intercept.Xds.Resources;

/// <summary>A shelf for each type of resource.</summary>
internal sealed class ResourceShelves(ResourceLedger ledger)
{
    private readonly ImmutableArray<ResourceShelf> _shelves = [.. TypeUrls.All.Select(type => new ResourceShelf(type, ledger))];

    public ResourceLedger Ledger => ledger;

    public ResourceShelf Of(ResourceType type) => _shelves[(int)type];
}
