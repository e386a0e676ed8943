using System.Text.Json;
using Intercept.Mesh.Discovery;
using Intercept.Proxy.Admin.State;
using Intercept.Runtime.Http;

namespace Intercept.Proxy.Admin.Pages;

/// <summary>
/// /config_dump: envoy.admin.v3.ConfigDump of what is in effect, in the form in which it could be configured again. Keys
/// and certificates are in it by their file names, those of secrets with the key left out.
/// </summary>
internal static class ConfigDumpPages
{
    public static IEnumerable<AdminPage> All(IProxyState state) =>
    [
        new("/config_dump", false, "the configuration in effect, what was refused and what is ignored, and why; ?include_eds", request =>
            HttpResponse.OfJson(json => Write(json, state, request.Has("include_eds")))),
    ];

    private static void Write(Utf8JsonWriter json, IProxyState state, bool includesEndpoints)
    {
        json.WriteStartArray("configs");
        if (state.Configuration is { } configuration)
        {
            WriteBootstrap(json, configuration);
            ClusterDump.Write(json, configuration);
            if (includesEndpoints)
            {
                EndpointDump.Write(json, configuration);
            }

            ListenerDump.Write(json, configuration);
            if (configuration.Snapshot.Discovered is { } discovered)
            {
                WriteRoutes(json, discovered);
            }

            SecretDump.Write(json, state.Secrets(), configuration.Snapshot.Discovered);
        }

        json.WriteEndArray();
        WriteIgnored(json, state.Configuration?.Snapshot.Discovered);
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

    // As they came: nothing of them is in effect yet, and the message is kept for whoever wants to look.
    private static void WriteRoutes(Utf8JsonWriter json, DiscoveredState discovered)
    {
        json.WriteStartObject();
        json.WriteType("envoy.admin.v3.RoutesConfigDump");
        json.WriteObjects("dynamic_route_configs", discovered.Routes.OrderBy(route => route.Key, StringComparer.Ordinal), static (json, route) =>
        {
            json.WriteString("version_info", route.Value.Version);
            json.WriteStartObject("route_config");
            json.WriteType("envoy.config.route.v3.RouteConfiguration");
            json.WriteString("name", route.Key);
            json.WriteBase64String("value", route.Value.Message.Span);
            json.WriteEndObject();
            json.WriteTimestamp("last_updated", route.Value.Since);
        });
        json.WriteEndObject();
    }

    private static void WriteIgnored(Utf8JsonWriter json, DiscoveredState? discovered) =>
        json.WriteObjects("ignored_features", discovered?.Ignored ?? [], static (json, ignored) =>
        {
            json.WriteString("type_url", ignored.TypeUrl);
            json.WriteString("field", ignored.Field);
            json.WriteString("reason", ignored.Reason);
            json.WriteNumber("resources", ignored.Resources);
        });
}
