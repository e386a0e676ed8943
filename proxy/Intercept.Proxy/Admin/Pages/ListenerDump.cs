using System.Text.Json;
using Intercept.Mesh.Listeners;
using Intercept.Proxy.Admin.State;

namespace Intercept.Proxy.Admin.Pages;

/// <summary>envoy.admin.v3.ListenersConfigDump.</summary>
internal static class ListenerDump
{
    private const string Message = "envoy.config.listener.v3.Listener";

    public static void Write(Utf8JsonWriter json, ActiveConfiguration configuration)
    {
        var snapshot = configuration.Snapshot;
        var discovered = snapshot.Discovered;
        var refused = ErrorState.Of(discovered, Message);
        var listeners = snapshot.Listeners.ToLookup(listener => discovered is not null && discovered.Listeners.ContainsKey(listener.Name));
        json.WriteStartObject();
        json.WriteType("envoy.admin.v3.ListenersConfigDump");
        json.WriteString("version_info", $"{snapshot.Version}");
        json.WriteObjects("static_listeners", listeners[false], (json, listener) =>
        {
            WriteListener(json, listener);
            json.WriteTimestamp("last_updated", configuration.Since);
        });

        var active = listeners[true].ToDictionary(listener => listener.Name);
        var names = active.Keys.Concat(discovered?.WarmingListeners ?? []).Concat(refused.Keys).Distinct();
        json.WriteObjects("dynamic_listeners", names, (json, name) =>
        {
            json.WriteString("name", name);
            if (active.TryGetValue(name, out var listener))
            {
                var accepted = discovered!.Listeners[name];
                json.WriteStartObject("active_state");
                json.WriteString("version_info", accepted.Version);
                WriteListener(json, listener);
                json.WriteTimestamp("last_updated", accepted.Since);
                json.WriteEndObject();
            }

            ErrorState.Write(json, refused.GetValueOrDefault(name));
        });
        json.WriteEndObject();
    }

    private static void WriteListener(Utf8JsonWriter json, Listener listener)
    {
        json.WriteStartObject("listener");
        json.WriteType(Message);
        ListenerJson.Write(json, listener);
        json.WriteEndObject();
    }
}
