using System.Text.Json;
using Intercept.Mesh.Clusters;

namespace Intercept.Proxy.Admin.Pages;

/// <summary>A cluster as an envoy.config.cluster.v3.Cluster.</summary>
internal static class ClusterJson
{
    public static void Write(Utf8JsonWriter json, Cluster cluster)
    {
        json.WriteString("name", cluster.Name);
        json.WriteString("type", TypeName(cluster.Type));
        json.WriteDuration("connect_timeout", cluster.ConnectTimeout);
        json.WriteString("lb_policy", PolicyName(cluster));
        json.WriteDuration("dns_refresh_rate", cluster.DnsRefreshRate);
        if (cluster.NameFamilies != AddressFamilies.Auto)
        {
            json.WriteString("dns_lookup_family", cluster.NameFamilies.Name());
        }

        WriteCircuitBreakers(json, cluster.MaximumConnections);
        if (!cluster.Endpoints.IsEmpty && cluster.Type != ClusterType.Eds)
        {
            json.WriteStartObject("load_assignment");
            WriteAssignment(json, cluster);
            json.WriteEndObject();
        }

        if (!cluster.BindAddresses.IsEmpty)
        {
            WriteBinding(json, cluster);
        }

        if (cluster.OriginalDestinationPortOverride is { } port)
        {
            json.WriteStartObject("original_dst_lb_config");
            json.WriteNumber("upstream_port_override", port);
            json.WriteEndObject();
        }

        if (cluster.Tls is { } tls)
        {
            TlsJson.Write(json, tls);
        }

        WriteMatches(json, cluster);
    }

    private static string TypeName(ClusterType type) => type switch
    {
        ClusterType.StrictDns => "STRICT_DNS",
        ClusterType.LogicalDns => "LOGICAL_DNS",
        ClusterType.Eds => "EDS",
        ClusterType.OriginalDestination => "ORIGINAL_DST",
        _ => "STATIC",
    };

    private static string PolicyName(Cluster cluster) => cluster switch
    {
        { Type: ClusterType.OriginalDestination } => "CLUSTER_PROVIDED",
        { Balancing: BalancingPolicy.LeastRequest } => "LEAST_REQUEST",
        { Balancing: BalancingPolicy.Random } => "RANDOM",
        _ => "ROUND_ROBIN",
    };

    private static void WriteCircuitBreakers(Utf8JsonWriter json, int maximum)
    {
        json.WriteStartObject("circuit_breakers");
        json.WriteObjects("thresholds", [maximum == 0 ? uint.MaxValue : (uint)maximum], static (json, limit) =>
            json.WriteNumber("max_connections", limit));
        json.WriteEndObject();
    }

    /// <summary>The fields of an envoy.config.endpoint.v3.ClusterLoadAssignment.</summary>
    public static void WriteAssignment(Utf8JsonWriter json, Cluster cluster)
    {
        json.WriteString("cluster_name", cluster.Name);
        json.WriteObjects("endpoints", [cluster.Endpoints], static (json, endpoints) =>
            json.WriteObjects("lb_endpoints", endpoints, static (json, host) =>
            {
                json.WriteStartObject("endpoint");
                json.WriteAddress("address", host.Address?.ToString() ?? host.HostName ?? "", host.Port);
                json.WriteEndObject();
                json.WriteNumber("load_balancing_weight", host.Weight);
                if (!host.Labels.Labels.IsEmpty)
                {
                    json.WriteStartObject("metadata");
                    json.WriteStartObject("filter_metadata");
                    WriteLabels(json, "envoy.transport_socket_match", host.Labels);
                    json.WriteEndObject();
                    json.WriteEndObject();
                }
            }));
    }

    private static void WriteMatches(Utf8JsonWriter json, Cluster cluster) =>
        json.WriteObjects("transport_socket_matches", cluster.TransportSocketMatches, static (json, match) =>
        {
            json.WriteString("name", match.Name);
            WriteLabels(json, "match", match.Criteria);
            if (match.Tls is { } tls)
            {
                TlsJson.Write(json, tls);
                return;
            }

            json.WriteStartObject("transport_socket");
            json.WriteString("name", "envoy.transport_sockets.raw_buffer");
            json.WriteStartObject("typed_config");
            json.WriteType("envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer");
            json.WriteEndObject();
            json.WriteEndObject();
        });

    private static void WriteLabels(Utf8JsonWriter json, string name, TransportLabels labels)
    {
        json.WriteStartObject(name);
        foreach (var label in labels.Labels)
        {
            json.WriteString(label.Name, label.Value);
        }

        json.WriteEndObject();
    }

    private static void WriteBinding(Utf8JsonWriter json, Cluster cluster)
    {
        json.WriteStartObject("upstream_bind_config");
        json.WriteSocketAddress("source_address", cluster.BindAddresses[0].ToString(), 0);
        json.WriteObjects("extra_source_addresses", cluster.BindAddresses.Skip(1), static (json, address) =>
            json.WriteSocketAddress("address", address.ToString(), 0));
        json.WriteEndObject();
    }
}
