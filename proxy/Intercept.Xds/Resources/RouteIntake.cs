using Envoy.Config.Route.V3;
using Intercept.Xds.Discovery;

namespace Intercept.Xds.Resources;

/// <summary>Routes are asked for by nothing in this version; what comes is kept and shown.</summary>
internal sealed class RouteIntake(ResourceShelves shelves, ResourceTranslator translator)
    : ResourceIntake<RouteConfiguration>(ResourceType.Route, shelves)
{
    public override Subscription Wanted => Subscription.None;

    protected override TranslatedResource<RouteConfiguration> Translate(DiscoveredResource resource) => translator.ToRoute(resource);

    protected override void Put(DiscoveredResource resource, TranslatedResource<RouteConfiguration> translated)
    {
    }

    protected override void Remove(string name)
    {
    }
}
