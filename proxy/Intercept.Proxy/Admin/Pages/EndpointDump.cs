using System.Text.Json;
using Intercept.Mesh.Clusters;
using Intercept.Proxy.Admin.State;

namespace Intercept.Proxy.Admin.Pages;

/// <summary>envoy.admin.v3.EndpointsConfigDump.</summary>
internal static class EndpointDump
{
    public static void Write(Utf8JsonWriter json, ActiveConfiguration configuration)
    {
        var discovered = configuration.Snapshot.Discovered;
        var clusters = configuration.Snapshot.Clusters.Values.Where(cluster => !cluster.Endpoints.IsEmpty)
            .OrderBy(cluster => cluster.Name, StringComparer.Ordinal).ToLookup(cluster => cluster.Type == ClusterType.Eds);
        json.WriteStartObject();
        json.WriteType("envoy.admin.v3.EndpointsConfigDump");
        json.WriteObjects("static_endpoint_configs", clusters[false], static (json, cluster) => WriteEndpoints(json, cluster));
        json.WriteObjects("dynamic_endpoint_configs", clusters[true], (json, cluster) =>
        {
            WriteEndpoints(json, cluster);
            if (discovered?.Endpoints.GetValueOrDefault(cluster.Name) is { } accepted)
            {
                json.WriteString("version_info", accepted.Version);
                json.WriteTimestamp("last_updated", accepted.Since);
            }
        });
        json.WriteEndObject();
    }

    private static void WriteEndpoints(Utf8JsonWriter json, Cluster cluster)
    {
        json.WriteStartObject("endpoint_config");
        json.WriteType("envoy.config.endpoint.v3.ClusterLoadAssignment");
        ClusterJson.WriteAssignment(json, cluster);
        json.WriteEndObject();
    }
}
