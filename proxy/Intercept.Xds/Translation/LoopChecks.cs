using Intercept.Core.Addressing;
using Intercept.Mesh.Clusters;
using Intercept.Mesh.Listeners;

namespace Intercept.Xds.Translation;

/// <summary>Sockets that collide, and clusters that lead back into this proxy.</summary>
internal static class LoopChecks
{
    public static void Check(
        TranslationScope scope, NetEndpoint? admin, IReadOnlyList<Translated<Listener>> listeners, IEnumerable<Translated<Cluster>> clusters)
    {
        var bound = new Dictionary<NetEndpoint, string>();
        if (admin is { Port: not 0 } endpoint)
        {
            bound.Add(endpoint, "admin");
        }

        foreach (var (listener, path) in listeners)
        {
            foreach (var address in listener.Addresses.Distinct().Where(address => address.Port != 0))
            {
                if (listener.BindsToPort && !bound.TryAdd(address, $"listener '{listener.Name}'"))
                {
                    scope.Report($"{path}.address", $"{address}", $"is already bound by {bound[address]}", "an address of its own");
                }
            }
        }

        foreach (var (cluster, path) in clusters)
        {
            foreach (var upstream in cluster.Endpoints)
            {
                var loop = upstream.Address is { } host ? listeners.FirstOrDefault(listener => Reaches(host, upstream.Port, listener.Value)) : default;
                if (loop.Value is not null)
                {
                    scope.Report(
                        $"{path}.load_assignment",
                        $"{new NetEndpoint(upstream.Address!.Value, upstream.Port)}",
                        $"is the proxy's own listener '{loop.Value.Name}': connections would run in a circle",
                        "another address");
                }
            }
        }
    }

    public static bool Reaches(NetAddress host, ushort port, Listener listener) =>
        listener.BindsToPort && listener.Addresses.Any(own => own.Port == port
            && (own.Address == host || (own.Address.IsUnspecified && own.Address.IsIPv6 == host.IsIPv6 && (host.IsLoopback || host.IsUnspecified))));
}
