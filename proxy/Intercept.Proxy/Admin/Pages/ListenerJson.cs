using System.Text.Json;
using Intercept.Mesh.Listeners;

namespace Intercept.Proxy.Admin.Pages;

/// <summary>A listener as an envoy.config.listener.v3.Listener.</summary>
internal static class ListenerJson
{
    private const string Filters = "envoy.extensions.filters.listener";

    public static void Write(Utf8JsonWriter json, Listener listener)
    {
        json.WriteString("name", listener.Name);
        if (!listener.Addresses.IsEmpty)
        {
            json.WriteAddress("address", listener.Addresses[0]);
        }

        json.WriteObjects("additional_addresses", listener.Addresses.Skip(1), static (json, address) => json.WriteAddress("address", address));
        if (listener.Direction != TrafficDirection.Unspecified)
        {
            json.WriteString("traffic_direction", listener.Direction == TrafficDirection.Inbound ? "INBOUND" : "OUTBOUND");
        }

        json.WriteTrue("transparent", listener.Transparent);
        json.WriteTrue("use_original_dst", listener.HandsOver);
        if (!listener.BindsToPort)
        {
            json.WriteBoolean("bind_to_port", false);
        }

        WriteFilters(json, listener);
        json.WriteDuration("listener_filters_timeout", listener.ListenerFiltersTimeout);
        json.WriteTrue("continue_on_listener_filters_timeout", listener.ContinuesOnListenerFiltersTimeout);
        json.WriteObjects("filter_chains", listener.FilterChains, FilterChainJson.Write);
        if (listener.DefaultFilterChain is { } chain)
        {
            json.WriteStartObject("default_filter_chain");
            FilterChainJson.WriteWithoutMatch(json, chain);
            json.WriteEndObject();
        }
    }

    private static void WriteFilters(Utf8JsonWriter json, Listener listener)
    {
        var filters = new List<(string Name, string Message, int Limit)>();
        if (listener.RecoversOriginalDestination)
        {
            filters.Add(("envoy.filters.listener.original_dst", $"{Filters}.original_dst.v3.OriginalDst", 0));
        }

        if (listener.InspectsTls)
        {
            filters.Add(("envoy.filters.listener.tls_inspector", $"{Filters}.tls_inspector.v3.TlsInspector", 0));
        }

        if (listener.MaximumConnectionsPerSource > 0)
        {
            filters.Add(("intercept.per_source_limit", "intercept.v1.PerSourceLimit", listener.MaximumConnectionsPerSource));
        }

        json.WriteObjects("listener_filters", filters, static (json, filter) =>
        {
            json.WriteString("name", filter.Name);
            json.WriteStartObject("typed_config");
            json.WriteType(filter.Message);
            if (filter.Limit > 0)
            {
                json.WriteNumber("max_connections", filter.Limit);
            }

            json.WriteEndObject();
        });
    }
}
