using System.Collections.Immutable;
using Envoy.Config.Bootstrap.V3;
using Intercept.Core.Addressing;
using Intercept.Mesh;
using Intercept.Mesh.Clusters;
using Intercept.Mesh.Listeners;
using Intercept.Xds.Translation;

namespace Intercept.Xds;

/// <summary>
/// Resources to the snapshot that the proxy acts on, with every check that a field by itself does not show. Parts that
/// say what the previous snapshot says keep its objects.
/// </summary>
internal sealed class SnapshotTranslator(TranslationScope scope)
{
    private readonly AddressTranslator _addresses = new(scope);

    /// <summary>Only to be used when the scope has no problems afterwards.</summary>
    public MeshSnapshot Translate(MeshSnapshot? previous, Bootstrap bootstrap)
    {
        var resources = bootstrap.StaticResources ?? new Bootstrap.Types.StaticResources();
        var clusters = ToClusters(bootstrap, resources, previous);
        var listeners = ToListeners(resources, clusters, previous);
        var admin = ToAdmin(bootstrap.Admin);
        var node = new NodeIdentity(bootstrap.Node?.Id ?? "", bootstrap.Node?.Cluster ?? "");
        LoopChecks.Check(scope, admin, listeners, clusters.Values);
        return new MeshSnapshot
        {
            Version = (previous?.Version ?? 0) + 1,
            Node = previous?.Node == node ? previous.Node : node,
            Admin = admin,
            Listeners = [.. listeners.Select(listener => listener.Value)],
            Clusters = clusters.ToImmutableDictionary(cluster => cluster.Key, cluster => cluster.Value.Value, StringComparer.Ordinal),
        };
    }

    private Dictionary<string, Translated<Cluster>> ToClusters(
        Bootstrap bootstrap, Bootstrap.Types.StaticResources resources, MeshSnapshot? previous)
    {
        var translator = new ClusterTranslator(scope);
        var clusters = new Dictionary<string, Translated<Cluster>>();
        for (var i = 0; i < resources.Clusters.Count; i++)
        {
            if (ControlPlaneTranslator.IsForProxy(resources.Clusters[i], bootstrap))
            {
                continue;
            }

            var path = $"static_resources.clusters[{i}]";
            var cluster = translator.Translate(resources.Clusters[i], path);
            var kept = Reuse.Keep(previous?.Clusters.GetValueOrDefault(cluster.Name), cluster);
            if (!clusters.TryAdd(cluster.Name, new Translated<Cluster>(kept, path)) && cluster.Name.Length > 0)
            {
                scope.Report($"{path}.name", cluster.Name, "names two clusters", "names that differ");
            }
        }

        return clusters;
    }

    private List<Translated<Listener>> ToListeners(
        Bootstrap.Types.StaticResources resources, Dictionary<string, Translated<Cluster>> clusters, MeshSnapshot? previous)
    {
        var translator = new ListenerTranslator(scope, clusters.ToDictionary(cluster => cluster.Key, cluster => cluster.Value.Value));
        var listeners = new List<Translated<Listener>>();
        for (var i = 0; i < resources.Listeners.Count; i++)
        {
            var path = $"static_resources.listeners[{i}]";
            var listener = translator.Translate(resources.Listeners[i], path);
            if (listener.Name.Length > 0 && listeners.Any(other => other.Value.Name == listener.Name))
            {
                scope.Report($"{path}.name", listener.Name, "names two listeners", "names that differ");
            }

            var before = previous?.Listeners.FirstOrDefault(other => other.Name == listener.Name);
            listeners.Add(new Translated<Listener>(Reuse.Keep(before, listener), path));
        }

        return listeners;
    }

    private NetEndpoint? ToAdmin(Admin? admin)
    {
        if (admin is null)
        {
            return null;
        }

        if (_addresses.ToEndpoint(admin.Address, "admin.address", allowsPortZero: true) is not { } endpoint)
        {
            return null;
        }

        if (!endpoint.Address.IsLoopback)
        {
            scope.Report("admin.address.socket_address.address", $"{endpoint.Address}", "is reachable from outside: admin can stop the proxy", "127.0.0.1 or ::1");
        }

        return endpoint;
    }
}
