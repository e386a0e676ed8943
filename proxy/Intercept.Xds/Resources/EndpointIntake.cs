using Intercept.Core.Problems;
using Intercept.Xds.Discovery;

namespace Intercept.Xds.Resources;

internal sealed class EndpointIntake(ResourceShelves shelves, DiscoveredClusters clusters, ResourceTranslator translator, LoopSearch loops)
    : ResourceIntake<Assignment>(ResourceType.Endpoint, shelves)
{
    public override Subscription Wanted => clusters.WantedEndpoints;

    protected override TranslatedResource<Assignment> Translate(DiscoveredResource resource) => translator.ToAssignment(resource);

    protected override Problem? Check(Assignment value) => loops.Find(value.Endpoints) is { } loop
        ? Problem(value.Name, "endpoints", $"{loop.Address}", $"is the proxy's own listener '{loop.Listener}': connections would run in a circle", "another address")
        : null;

    protected override void Put(DiscoveredResource resource, TranslatedResource<Assignment> translated) =>
        clusters.PutEndpoints(resource.Name, translated.Value!.Endpoints);

    protected override void Remove(string name) => clusters.RemoveEndpoints(name);

    protected override void MissOne(string name) => clusters.MissEndpoints(name);
}
