using System.Globalization;
using System.Text.Json;
using Intercept.Proxy.Admin.State;
using Intercept.Runtime.Http;

namespace Intercept.Proxy.Admin.Pages;

/// <summary>/clusters: Envoy's lines, or envoy.admin.v3.Clusters.</summary>
internal static class ClusterPages
{
    // How Envoy writes that there is no limit.
    private const uint Unlimited = uint.MaxValue;

    public static IEnumerable<AdminPage> All(IProxyState state) =>
    [
        new("/clusters", false, "the clusters, their endpoints and connections; ?format=json", request =>
            request.Parameter("format") == "json" ? Json(state) : Text(state)),
    ];

    private static uint Maximum(ClusterStatus cluster) => cluster.MaximumConnections == 0 ? Unlimited : (uint)cluster.MaximumConnections;

    private static HttpResponse Text(IProxyState state)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        foreach (var cluster in state.Clusters())
        {
            text.WriteLine($"{cluster.Name}::observability_name::{cluster.Name}");
            text.WriteLine($"{cluster.Name}::default_priority::max_connections::{Maximum(cluster)}");
            text.WriteLine($"{cluster.Name}::added_via_api::{(cluster.IsDynamic ? "true" : "false")}");
            foreach (var endpoint in cluster.Endpoints)
            {
                var host = $"{cluster.Name}::{endpoint.Endpoint}";
                text.WriteLine($"{host}::cx_active::{endpoint.ActiveConnections}");
                text.WriteLine($"{host}::cx_connect_fail::{endpoint.ConnectFailures}");
                text.WriteLine($"{host}::cx_total::{endpoint.TotalConnections}");
                text.WriteLine($"{host}::hostname::{endpoint.HostName}");
                text.WriteLine($"{host}::health_flags::{(endpoint.IsHealthy ? "healthy" : "/failed_eds_health")}");
                text.WriteLine($"{host}::weight::{endpoint.Weight}");
                text.WriteLine($"{host}::priority::0");
            }
        }

        return HttpResponse.OfText(text.ToString());
    }

    private static HttpResponse Json(IProxyState state) => HttpResponse.OfJson(json =>
        json.WriteObjects("cluster_statuses", state.Clusters(), static (json, cluster) =>
        {
            json.WriteString("name", cluster.Name);
            json.WriteTrue("added_via_api", cluster.IsDynamic);
            json.WriteObjects("host_statuses", cluster.Endpoints, WriteHost);
            json.WriteStartObject("circuit_breakers");
            json.WriteObjects("thresholds", [cluster], static (json, cluster) => json.WriteNumber("max_connections", Maximum(cluster)));
            json.WriteEndObject();
            json.WriteString("observability_name", cluster.Name);
        }));

    private static void WriteHost(Utf8JsonWriter json, EndpointStatus endpoint)
    {
        json.WriteAddress("address", endpoint.Endpoint);
        (string Name, string? Type, long Value)[] stats =
        [
            ("cx_active", "GAUGE", endpoint.ActiveConnections),
            ("cx_connect_fail", null, endpoint.ConnectFailures),
            ("cx_total", null, endpoint.TotalConnections),
        ];
        json.WriteObjects("stats", stats, static (json, stat) =>
        {
            // COUNTER is the default of SimpleMetric.type, and protobuf leaves defaults out.
            if (stat.Type is { } type)
            {
                json.WriteString("type", type);
            }

            json.WriteLong("value", stat.Value);
            json.WriteString("name", stat.Name);
        });
        json.WriteStartObject("health_status");
        json.WriteString("eds_health_status", endpoint.IsHealthy ? "HEALTHY" : "UNHEALTHY");
        json.WriteEndObject();
        json.WriteNumber("weight", endpoint.Weight);
        if (endpoint.HostName.Length > 0)
        {
            json.WriteString("hostname", endpoint.HostName);
        }
    }
}
