using Intercept.Control.Generation.Clusters;
using Intercept.Control.Generation.Indexing;
using Intercept.Control.Generation.Listeners;
using Intercept.Control.Generation.Scoping;
using Intercept.Control.Model;
using Intercept.Control.Model.Linkerd;
using Intercept.Control.Model.Services;
using Intercept.Control.Model.Traffic;

namespace Intercept.Control.Generation.Traffic;

/// <summary>
/// Where connections to a port of a service go, as far as it can be told without looking into requests. A ServiceProfile's
/// overrides come first, then a VirtualService, then a TrafficSplit, then the service itself.
/// </summary>
internal sealed class ConnectionRouting(MeshShape shape, ProxyScope scope, Destinations destinations)
{
    /// <returns>Conditional targets, then one for the rest.</returns>
    public ValueList<ConnectionTarget> TargetsOf(Service service, PortPlan port)
    {
        var targets = new List<ConnectionTarget>();
        if (OverridesOf(service) is null && RouteChoice.VirtualServiceFor(shape, scope, service.Host) is { } virtualService)
        {
            AddRoutes(targets, virtualService, port.Port);
        }

        if (!targets.Exists(target => target.IsForAll))
        {
            targets.Add(ConnectionTarget.All(Unconditional(service, port)));
        }

        return targets.ToValueList();
    }

    /// <summary>Where everything goes that no VirtualService routes.</summary>
    public ValueList<WeightedTarget> Unconditional(Service service, PortPlan port)
    {
        if (OverridesOf(service) is { } profile)
        {
            return ToTargets(profile, port.Port.Port);
        }

        return RouteChoice.SplitFor(shape, service.Host) is { } split
            ? ToTargets(split, port.Port.Port)
            : [new WeightedTarget(port.All.Name, 1)];
    }

    private ServiceProfile? OverridesOf(Service service) =>
        RouteChoice.ProfileFor(shape, scope, service.Host, service.Namespace) is { } profile && RouteChoice.HasOverrides(profile) ? profile : null;

    private void AddRoutes(List<ConnectionTarget> targets, VirtualService virtualService, ServicePort port)
    {
        if (port.Protocol is PortProtocol.Tls or PortProtocol.Https)
        {
            AddConnectionRoutes(targets, virtualService.Tls, port.Port);
        }

        AddConnectionRoutes(targets, virtualService.Tcp, port.Port);
        if (scope.Dialect == ProxyDialect.Tcp && !targets.Exists(target => target.IsForAll))
        {
            AddDefaultRoute(targets, virtualService, port);
        }
    }

    private void AddConnectionRoutes(List<ConnectionTarget> targets, ValueList<ConnectionRoute> routes, int port)
    {
        foreach (var route in routes)
        {
            var clusters = ToTargets(route.Destinations, port);
            foreach (var match in route.Matches.DefaultIfEmpty(new ConnectionMatch()))
            {
                if (!ClientConditions.Hold(match, scope, port))
                {
                    continue;
                }

                targets.Add(new ConnectionTarget(match.SniHosts.Where(name => name != "*").ToValueList(), match.DestinationSubnets, clusters));
                if (targets[^1].IsForAll)
                {
                    return;
                }
            }
        }
    }

    // A proxy that looks into no request takes the route that all requests may take, as long as nothing else is said.
    private void AddDefaultRoute(List<ConnectionTarget> targets, VirtualService virtualService, ServicePort port)
    {
        if (port.Protocol is not (PortProtocol.Auto or PortProtocol.Http or PortProtocol.Http2 or PortProtocol.Grpc or PortProtocol.GrpcWeb))
        {
            return;
        }

        var route = virtualService.Http.FirstOrDefault(candidate =>
            !candidate.Destinations.IsEmpty
            && (candidate.Matches.IsEmpty
                || candidate.Matches.Any(match => ClientConditions.AreAll(match) && ClientConditions.Hold(match, scope, port.Port))));
        if (route is not null)
        {
            targets.Add(ConnectionTarget.All(ToTargets(route.Destinations, port.Port)));
        }
    }

    private ValueList<WeightedTarget> ToTargets(ValueList<RouteDestination> routes, int port) =>
        Weighted(routes.Select(route => new WeightedTarget(destinations.ClusterOf(route.Destination, port), route.Weight)));

    private ValueList<WeightedTarget> ToTargets(TrafficSplit split, int port) =>
        Weighted(split.Backends.Select(backend => new WeightedTarget(destinations.ClusterOf(backend.Host, null, null, port), backend.Weight)));

    private ValueList<WeightedTarget> ToTargets(ServiceProfile profile, int port) =>
        Weighted(profile.Overrides.Select(target =>
        {
            var (host, own) = Authority.Split(target.Authority);
            return new WeightedTarget(destinations.ClusterOf(host, null, own, port), target.Weight);
        }));

    /// <summary>Without those that get nothing; a single one gets everything.</summary>
    private static ValueList<WeightedTarget> Weighted(IEnumerable<WeightedTarget> targets)
    {
        var all = targets.ToList();
        var meant = all.Count == 1 ? all : all.FindAll(target => target.Weight > 0);
        return meant.Count switch
        {
            0 => [new WeightedTarget(ResourceNames.BlackHole, 1)],
            1 => [meant[0] with { Weight = 1 }],
            _ => meant.ToValueList(),
        };
    }
}
