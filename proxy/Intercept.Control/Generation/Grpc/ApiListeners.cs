using System.Collections.Immutable;
using Envoy.Config.Listener.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Intercept.Control.Generation.Clusters;
using Intercept.Control.Generation.Indexing;
using Intercept.Control.Generation.Listeners;
using Intercept.Control.Generation.Routes;
using Intercept.Control.Generation.Scoping;
using Intercept.Xds.Discovery;

namespace Intercept.Control.Generation.Grpc;

/// <summary>What a gRPC client asks for first: a listener by the target of its channel, xds:///HOST:PORT.</summary>
internal static class ApiListeners
{
    public static ImmutableArray<GeneratedResource> Of(
        MeshShape shape, ProxyScope scope, ImmutableArray<(int Position, ServicePlan Plan, PortPlan Port)> ports)
    {
        var listeners = new SortedDictionary<string, GeneratedResource>(StringComparer.Ordinal);
        foreach (var (_, plan, port) in ports.Where(port => RouteConfigurations.IsForGrpc(port.Port.Port)))
        {
            foreach (var domain in HostDomains.Of(plan.Service, scope, shape.Options).Where(domain => !domain.StartsWith('*')))
            {
                var name = RouteNames.OfService(domain, port.Port.Port);
                if (!listeners.ContainsKey(name))
                {
                    listeners.Add(name, Build(name, port.All.Name));
                }
            }
        }

        return [.. listeners.Values];
    }

    private static GeneratedResource Build(string name, string routes) => GeneratedResource.Of(ResourceType.Listener, name, new Listener
    {
        Name = name,
        ApiListener = new ApiListener
        {
            ApiListener_ = new HttpConnectionManager
            {
                StatPrefix = name,
                Rds = new Rds { ConfigSource = ConfigSources.Ads(), RouteConfigName = routes },
                HttpFilters = { HttpConnections.Router() },
            }.Packed(),
        },
    });
}
