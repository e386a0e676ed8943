using System.Text.Json;
using Intercept.Mesh.Clusters;
using Intercept.Proxy.Admin.State;

namespace Intercept.Proxy.Admin.Pages;

/// <summary>envoy.admin.v3.ClustersConfigDump.</summary>
internal static class ClusterDump
{
    private const string Message = "envoy.config.cluster.v3.Cluster";

    public static void Write(Utf8JsonWriter json, ActiveConfiguration configuration)
    {
        var snapshot = configuration.Snapshot;
        var discovered = snapshot.Discovered;
        var refused = ErrorState.Of(discovered, Message);
        var clusters = snapshot.Clusters.Values.OrderBy(cluster => cluster.Name, StringComparer.Ordinal)
            .ToLookup(cluster => discovered is not null && discovered.Clusters.ContainsKey(cluster.Name));
        json.WriteStartObject();
        json.WriteType("envoy.admin.v3.ClustersConfigDump");
        json.WriteString("version_info", $"{snapshot.Version}");
        json.WriteObjects("static_clusters", clusters[false], (json, cluster) =>
        {
            WriteCluster(json, cluster);
            json.WriteTimestamp("last_updated", configuration.Since);
        });
        json.WriteObjects("dynamic_active_clusters", clusters[true], (json, cluster) =>
        {
            var accepted = discovered!.Clusters[cluster.Name];
            json.WriteString("version_info", accepted.Version);
            WriteCluster(json, cluster);
            json.WriteTimestamp("last_updated", accepted.Since);
            ErrorState.Write(json, refused.GetValueOrDefault(cluster.Name));
        });

        // Not in effect at all: those that wait for their endpoints, and those that were refused from the start.
        var waiting = (discovered?.WarmingClusters ?? []).Concat(refused.Keys).Distinct().Where(name => !snapshot.Clusters.ContainsKey(name));
        json.WriteObjects("dynamic_warming_clusters", waiting, (json, name) =>
        {
            json.WriteStartObject("cluster");
            json.WriteType(Message);
            json.WriteString("name", name);
            json.WriteEndObject();
            ErrorState.Write(json, refused.GetValueOrDefault(name));
        });
        json.WriteEndObject();
    }

    private static void WriteCluster(Utf8JsonWriter json, Cluster cluster)
    {
        json.WriteStartObject("cluster");
        json.WriteType(Message);
        ClusterJson.Write(json, cluster);
        json.WriteEndObject();
    }
}
