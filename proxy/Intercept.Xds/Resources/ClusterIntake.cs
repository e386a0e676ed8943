using Intercept.Core.Problems;
using Intercept.Xds.Discovery;

namespace Intercept.Xds.Resources;

internal sealed class ClusterIntake(ResourceShelves shelves, DiscoveredClusters clusters, ResourceTranslator translator, LoopSearch loops)
    : ResourceIntake<ClusterTemplate>(ResourceType.Cluster, shelves)
{
    private readonly ResourceShelf _endpoints = shelves.Of(ResourceType.Endpoint);

    public override Subscription Wanted => Subscription.Wildcard;

    protected override TranslatedResource<ClusterTemplate> Translate(DiscoveredResource resource) => translator.ToCluster(resource);

    protected override Problem? Check(ClusterTemplate value)
    {
        var name = value.Cluster.Name;
        if (clusters.IsOfBootstrap(name))
        {
            return Problem(name, "name", name, "is a cluster of the bootstrap, which stays");
        }

        return loops.Find(value.Cluster.Endpoints) is { } loop
            ? Problem(name, "load_assignment", $"{loop.Address}", $"is the proxy's own listener '{loop.Listener}': connections would run in a circle", "another address")
            : null;
    }

    protected override void Put(DiscoveredResource resource, TranslatedResource<ClusterTemplate> translated) =>
        clusters.Put(translated.Value!, translated.Secrets);

    protected override void Remove(string name) => clusters.Remove(name);

    // At the end, since a cluster that goes and one that comes may share their endpoints.
    protected override void End()
    {
        foreach (var name in clusters.TakeUnused())
        {
            _endpoints.Remove(name);
        }
    }
}
