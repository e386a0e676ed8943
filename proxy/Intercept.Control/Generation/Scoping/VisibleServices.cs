using System.Collections.Immutable;
using Intercept.Control.Generation.Indexing;
using Intercept.Control.Generation.Traffic;
using Intercept.Control.Model;
using Intercept.Control.Model.Services;
using Intercept.Control.Model.Traffic;

namespace Intercept.Control.Generation.Scoping;

/// <summary>The services that a proxy may know: exported to its namespace, and among the hosts of its Sidecar.</summary>
internal static class VisibleServices
{
    /// <returns>In the order of hosts, each host once.</returns>
    public static ImmutableArray<VisibleService> Of(MeshShape shape, ProxyScope scope)
    {
        var byHost = new SortedDictionary<string, VisibleService>(StringComparer.Ordinal);
        for (var i = 0; i < shape.Services.Length; i++)
        {
            if (See(shape, scope, i) is { } visible)
            {
                Add(byHost, visible, scope);
            }
        }

        if (scope.Sidecar?.Egress is not null)
        {
            AddDestinations(shape, scope, byHost);
        }

        return [.. byHost.Values];
    }

    private static VisibleService? See(MeshShape shape, ProxyScope scope, int at)
    {
        var node = shape.Services[at];
        if (!Exports.Reach(node.Service.ExportTo, node.Service.Namespace, scope.Namespace))
        {
            return null;
        }

        var ports = scope.Sidecar?.Egress is { } egress
            ? [.. node.Service.Ports.Where(port => IsListed(egress, node.Service, port.Port))]
            : node.Service.Ports.Items;
        return ports.IsEmpty ? null : new VisibleService(at, node, ports);
    }

    // A listener with a port holds for that port in place of those without one.
    private static bool IsListed(ValueList<EgressListener> egress, Service service, int port)
    {
        var own = egress.Where(listener => listener.Port?.Port == port).ToList();
        return (own.Count > 0 ? own : egress.Where(listener => listener.Port is null))
            .Any(listener => listener.Hosts.Any(host => Matches(host, service)));
    }

    private static bool Matches(EgressHost host, Service service) =>
        (host.Namespace == "*" || host.Namespace == service.Namespace)
        && (host.Host == "*" || host.Host == service.Host
            || (host.Host.StartsWith('*') && service.Host.EndsWith(host.Host[1..], StringComparison.Ordinal)));

    private static void Add(SortedDictionary<string, VisibleService> byHost, VisibleService visible, ProxyScope scope)
    {
        var host = visible.Service.Host;
        if (!byHost.TryGetValue(host, out var other) || Precedes(visible.Service, other.Service, scope))
        {
            byHost[host] = visible;
        }
    }

    // Of two descriptions of a host: one's own namespace, then the cluster's word, then the older one.
    private static bool Precedes(Service service, Service other, ProxyScope scope) =>
        Rank(service, scope).CompareTo(Rank(other, scope)) < 0;

    private static (bool IsForeign, bool IsEntry, DateTimeOffset Created, string Key) Rank(Service service, ProxyScope scope) => (
        service.Namespace != scope.Namespace,
        service.Registry == ServiceRegistry.ServiceEntry,
        service.Created ?? DateTimeOffset.MinValue,
        service.Key);

    // Who may call a host may be routed to where its routes lead, whether the Sidecar lists that or not.
    private static void AddDestinations(MeshShape shape, ProxyScope scope, SortedDictionary<string, VisibleService> byHost)
    {
        foreach (var visible in byHost.Values.ToList())
        {
            foreach (var host in RouteChoice.DestinationHosts(shape, scope, visible.Service.Host))
            {
                if (byHost.ContainsKey(host))
                {
                    continue;
                }

                foreach (var at in shape.ServicesByHost.Find(host).SelectMany(group => group))
                {
                    var node = shape.Services[at];
                    if (node.Service.Host == host && Exports.Reach(node.Service.ExportTo, node.Service.Namespace, scope.Namespace))
                    {
                        Add(byHost, new VisibleService(at, node, node.Service.Ports.Items), scope);
                    }
                }
            }
        }
    }
}
