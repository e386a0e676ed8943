using Envoy.Config.Route.V3;
using Intercept.Control.Generation.Clusters;
using Intercept.Control.Generation.Indexing;
using Intercept.Control.Generation.Scoping;
using Intercept.Control.Generation.Traffic;
using Intercept.Control.Model.Linkerd;
using Intercept.Control.Model.Services;
using Intercept.Control.Model.Traffic;

namespace Intercept.Control.Generation.Routes;

/// <summary>The routes of a port of a service: a ServiceProfile's, else a VirtualService's, else one to the service or its TrafficSplit.</summary>
internal sealed class ServiceRoutes(MeshShape shape, ProxyScope scope, Destinations destinations, ConnectionRouting connections)
{
    private readonly RouteActions _actions = new(new RouteTargets(destinations), scope.Dialect);

    public IEnumerable<Route> Of(Service service, PortPlan port)
    {
        if (RouteChoice.ProfileFor(shape, scope, service.Host, service.Namespace) is { } profile
            && (!profile.Routes.IsEmpty || RouteChoice.HasOverrides(profile)))
        {
            return OfProfile(profile, service, port);
        }

        return RouteChoice.VirtualServiceFor(shape, scope, service.Host) is { Http.IsEmpty: false } virtualService
            ? OfVirtualService(virtualService, service, port)
            : [Default(service, port, RetryPolicies.Of((HttpRetry?)null, scope.Dialect))];
    }

    private IEnumerable<Route> OfVirtualService(VirtualService virtualService, Service service, PortPlan port)
    {
        var number = port.Port.Port;
        foreach (var route in virtualService.Http)
        {
            var matches = route.Matches.IsEmpty ? [null] : route.Matches.Where(match => ClientConditions.Hold(match, scope, number)).Cast<HttpMatch?>();
            foreach (var match in matches)
            {
                var result = new Route
                {
                    Name = match?.Name is { } name ? $"{route.Name}.{name}" : route.Name ?? "",
                    Match = match is null ? RouteMatches.Everything() : RouteMatches.Of(match),
                    Decorator = Operation(service, port),
                };
                _actions.Apply(result, route, match, number);
                RouteFilters.Apply(result, route);
                yield return result;
                if (match is null || ClientConditions.AreAll(match))
                {
                    // What comes behind would never be reached.
                    yield break;
                }
            }
        }
    }

    private IEnumerable<Route> OfProfile(ServiceProfile profile, Service service, PortPlan port)
    {
        foreach (var route in profile.Routes)
        {
            foreach (var match in ProfileConditions.Of(route.Condition) ?? [])
            {
                var result = Default(service, port, RetryPolicies.Of(route));
                result.Name = route.Name;
                result.Match = match;
                _actions.ApplyTimeout(result.Route_, route.Timeout);
                yield return result;
            }
        }

        yield return Default(service, port, null);
    }

    private Route Default(Service service, PortPlan port, RetryPolicy? retries)
    {
        var action = new RouteAction { RetryPolicy = retries };
        _actions.ApplyTimeout(action, null);
        RouteTargets.Apply(action, connections.Unconditional(service, port));
        RouteTargets.ApplyHash(action, port.All);
        return new Route { Name = "default", Match = RouteMatches.Everything(), Route_ = action, Decorator = Operation(service, port) };
    }

    private static Decorator Operation(Service service, PortPlan port) =>
        new() { Operation = $"{RouteNames.OfService(service.Host, port.Port.Port)}/*" };
}
