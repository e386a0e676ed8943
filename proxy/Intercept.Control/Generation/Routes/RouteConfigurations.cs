using System.Collections.Immutable;
using Envoy.Config.Route.V3;
using Google.Protobuf.WellKnownTypes;
using Intercept.Control.Generation.Clusters;
using Intercept.Control.Generation.Indexing;
using Intercept.Control.Generation.Scoping;
using Intercept.Control.Model;
using Intercept.Control.Model.Services;
using Intercept.Xds.Discovery;

namespace Intercept.Control.Generation.Routes;

/// <summary>The route configurations that the listeners of a scope name.</summary>
internal static class RouteConfigurations
{
    private const uint BadGateway = 502;

    public static ImmutableArray<GeneratedResource> Of(
        MeshShape shape, ProxyScope scope, ImmutableArray<(int Position, ServicePlan Plan, PortPlan Port)> ports, ServiceRoutes routes)
    {
        switch (scope.Dialect)
        {
            case ProxyDialect.Http:
                return [.. ByPort(shape, scope, ports, routes), .. ByService(ports, routes)];
            case ProxyDialect.Grpc:
                return [.. ports.Where(port => IsForGrpc(port.Port.Port)).Select(port => ForGrpc(shape, scope, port.Plan.Service, port.Port, routes))];
            default:
                // Its listeners look into no request.
                return [];
        }
    }

    /// <summary>Whether a gRPC client may call it: whatever is not said to be something else.</summary>
    public static bool IsForGrpc(ServicePort port) => Protocols.IsHttp(port.Protocol) || port.Protocol == PortProtocol.Auto;

    private static IEnumerable<GeneratedResource> ByPort(
        MeshShape shape, ProxyScope scope, ImmutableArray<(int Position, ServicePlan Plan, PortPlan Port)> ports, ServiceRoutes routes)
    {
        foreach (var group in ports.Where(port => Protocols.IsHttp(port.Port.Port.Protocol)).GroupBy(port => port.Port.Port.Port).OrderBy(group => group.Key))
        {
            // Two virtual hosts of one name are an error of the whole configuration: the name is that of the first.
            var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            var hosts = group.Select(port => Host(port.Plan.Service, port.Port, routes, HostDomains.Of(port.Plan.Service, scope, shape.Options).Where(taken.Add)))
                .Where(host => host.Domains.Count > 0).ToList();
            if (taken.Add("*"))
            {
                hosts.Add(Rest(scope.OutboundMode(shape.Options)));
            }

            yield return Pack(RouteNames.OfPort(group.Key), hosts);
        }
    }

    private static IEnumerable<GeneratedResource> ByService(
        ImmutableArray<(int Position, ServicePlan Plan, PortPlan Port)> ports, ServiceRoutes routes) =>
        ports.Where(port => port.Port.Port.Protocol == PortProtocol.Auto && !port.Plan.Service.Addresses.IsEmpty)
            .Select(port => Pack(RouteNames.OfService(port.Plan.Service.Host, port.Port.Port.Port), [Host(port.Plan.Service, port.Port, routes, ["*"])]));

    // A gRPC client compares names with ports as they were written.
    private static GeneratedResource ForGrpc(MeshShape shape, ProxyScope scope, Service service, PortPlan port, ServiceRoutes routes)
    {
        var domains = HostDomains.Of(service, scope, shape.Options).SelectMany(domain => (string[])[domain, $"{domain}:{port.Port.Port}"]);
        return Pack(port.All.Name, [Host(service, port, routes, domains)], ignoresPorts: false);
    }

    private static VirtualHost Host(Service service, PortPlan port, ServiceRoutes routes, IEnumerable<string> domains) => new()
    {
        Name = RouteNames.OfService(service.Host, port.Port.Port),
        Domains = { domains },
        Routes = { routes.Of(service, port) },
        IncludeRequestAttemptCount = true,
    };

    private static VirtualHost Rest(OutboundMode mode) => mode == OutboundMode.AllowAny
        ? new VirtualHost
        {
            Name = "allow_any",
            Domains = { "*" },
            Routes =
            {
                new Route
                {
                    Name = "allow_any",
                    Match = RouteMatches.Everything(),
                    Route_ = new RouteAction { Cluster = ResourceNames.Passthrough, Timeout = new Duration() },
                },
            },
            IncludeRequestAttemptCount = true,
        }
        : new VirtualHost
        {
            Name = "block_all",
            Domains = { "*" },
            Routes = { new Route { Name = "block_all", Match = RouteMatches.Everything(), DirectResponse = new DirectResponseAction { Status = BadGateway } } },
        };

    private static GeneratedResource Pack(string name, IEnumerable<VirtualHost> hosts, bool ignoresPorts = true) =>
        GeneratedResource.Of(ResourceType.Route, name, new RouteConfiguration
        {
            Name = name,
            VirtualHosts = { hosts },
            ValidateClusters = false,
            IgnorePortInHostMatching = ignoresPorts,
        });
}
