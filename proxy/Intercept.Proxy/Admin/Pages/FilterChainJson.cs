using System.Text.Json;
using Intercept.Core.Addressing;
using Intercept.Mesh.Listeners;

namespace Intercept.Proxy.Admin.Pages;

/// <summary>A filter chain as an envoy.config.listener.v3.FilterChain.</summary>
internal static class FilterChainJson
{
    public static void Write(Utf8JsonWriter json, FilterChain chain)
    {
        if (chain.Match != FilterChainMatch.Any)
        {
            json.WriteStartObject("filter_chain_match");
            WriteMatch(json, chain.Match);
            json.WriteEndObject();
        }

        WriteWithoutMatch(json, chain);
    }

    public static void WriteWithoutMatch(Utf8JsonWriter json, FilterChain chain)
    {
        json.WriteString("name", chain.Name);
        if (chain.Tls is { } tls)
        {
            TlsJson.Write(json, tls);
        }

        json.WriteDuration("transport_socket_connect_timeout", chain.TransportSocketConnectTimeout);
        json.WriteStartArray("filters");
        foreach (var filter in chain.Rbac)
        {
            json.WriteStartObject();
            json.WriteString("name", "envoy.filters.network.rbac");
            json.WriteStartObject("typed_config");
            RbacJson.Write(json, filter);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteStartObject();
        json.WriteString("name", "envoy.filters.network.tcp_proxy");
        json.WriteStartObject("typed_config");
        WriteProxy(json, chain.Proxy);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    /// <summary>The fields of an envoy.config.core.v3.CidrRange.</summary>
    public static void WriteRange(Utf8JsonWriter json, Cidr range)
    {
        json.WriteString("address_prefix", range.Network.ToString());
        json.WriteNumber("prefix_len", range.PrefixLength);
    }

    private static void WriteMatch(Utf8JsonWriter json, FilterChainMatch match)
    {
        if (match.DestinationPort is { } port)
        {
            json.WriteNumber("destination_port", port);
        }

        json.WriteObjects("prefix_ranges", match.DestinationPrefixes, WriteRange);
        json.WriteTexts("server_names", match.ServerNames);
        if (match.Transport is { } transport)
        {
            json.WriteString("transport_protocol", transport == DetectedTransport.Tls ? "tls" : "raw_buffer");
        }

        json.WriteTexts("application_protocols", match.ApplicationProtocols);
        json.WriteObjects("source_prefix_ranges", match.SourcePrefixes, WriteRange);
        json.WriteList("source_ports", match.SourcePorts, static (json, port) => json.WriteNumberValue(port));
    }

    private static void WriteProxy(Utf8JsonWriter json, TcpProxy proxy)
    {
        json.WriteType("envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy");
        json.WriteString("stat_prefix", proxy.StatPrefix);
        if (proxy.Clusters is [{ Weight: 1 } only])
        {
            json.WriteString("cluster", only.Name);
        }
        else
        {
            json.WriteStartObject("weighted_clusters");
            json.WriteObjects("clusters", proxy.Clusters, static (json, target) =>
            {
                json.WriteString("name", target.Name);
                json.WriteNumber("weight", target.Weight);
            });
            json.WriteEndObject();
        }

        json.WriteDuration("idle_timeout", proxy.IdleTimeout);
    }
}
