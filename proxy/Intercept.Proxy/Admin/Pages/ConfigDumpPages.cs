using System.Text.Json;
using Intercept.Mesh;
using Intercept.Proxy.Admin.Http;
using Intercept.Proxy.Admin.State;

namespace Intercept.Proxy.Admin.Pages;

/// <summary>
/// /config_dump: envoy.admin.v3.ConfigDump of what is in effect, in the form in which it could be configured again. Keys
/// and certificates are in it by their file names; what is in the files is not.
/// </summary>
internal static class ConfigDumpPages
{
    public static IEnumerable<AdminPage> All(IProxyState state) =>
        [new("/config_dump", false, "the configuration in effect, and why the newest was refused, if it was", _ => HttpResponse.OfJson(json => Write(json, state)))];

    private static void Write(Utf8JsonWriter json, IProxyState state)
    {
        json.WriteStartArray("configs");
        if (state.Configuration is { } configuration)
        {
            WriteBootstrap(json, configuration);
            WriteClusters(json, configuration);
            WriteListeners(json, configuration);
        }

        json.WriteEndArray();
        if (state.Refused is { } refused)
        {
            json.WriteStartObject("refused_configuration");
            json.WriteTimestamp("last_update_attempt", refused.At);
            json.WriteTexts("details", refused.Problems.Select(problem => problem.ToString()));
            json.WriteEndObject();
        }
    }

    private static void WriteBootstrap(Utf8JsonWriter json, ActiveConfiguration configuration)
    {
        json.WriteStartObject();
        json.WriteType("envoy.admin.v3.BootstrapConfigDump");
        json.WriteStartObject("bootstrap");
        ServerPages.WriteNode(json, configuration.Snapshot.Node);
        if (configuration.Snapshot.Admin is { } admin)
        {
            json.WriteStartObject("admin");
            json.WriteAddress("address", admin);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteTimestamp("last_updated", configuration.Since);
        json.WriteEndObject();
    }

    private static void WriteClusters(Utf8JsonWriter json, ActiveConfiguration configuration)
    {
        json.WriteStartObject();
        json.WriteType("envoy.admin.v3.ClustersConfigDump");
        json.WriteString("version_info", Version(configuration.Snapshot));
        json.WriteObjects("static_clusters", configuration.Snapshot.Clusters.Values.OrderBy(cluster => cluster.Name, StringComparer.Ordinal), (json, cluster) =>
        {
            json.WriteStartObject("cluster");
            json.WriteType("envoy.config.cluster.v3.Cluster");
            ClusterJson.Write(json, cluster);
            json.WriteEndObject();
            json.WriteTimestamp("last_updated", configuration.Since);
        });
        json.WriteEndObject();
    }

    private static void WriteListeners(Utf8JsonWriter json, ActiveConfiguration configuration)
    {
        json.WriteStartObject();
        json.WriteType("envoy.admin.v3.ListenersConfigDump");
        json.WriteString("version_info", Version(configuration.Snapshot));
        json.WriteObjects("static_listeners", configuration.Snapshot.Listeners, (json, listener) =>
        {
            json.WriteStartObject("listener");
            json.WriteType("envoy.config.listener.v3.Listener");
            ListenerJson.Write(json, listener);
            json.WriteEndObject();
            json.WriteTimestamp("last_updated", configuration.Since);
        });
        json.WriteEndObject();
    }

    private static string Version(MeshSnapshot snapshot) => $"{snapshot.Version}";
}
