using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Intercept.Control.Status;

/// <summary>
/// The shape of istiod's /debug/syncz, in which tools look for SYNCED: an entry a proxy, and for each type what was sent and what was taken.
/// </summary>
internal static class SyncJson
{
    public static string Of(ControlStatus status)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartArray();
            foreach (var proxy in status.Proxies)
            {
                json.WriteStartObject();
                json.WriteString("proxy", proxy.Node.Split('~') is [_, _, var pod, _] ? pod : proxy.Node);
                json.WriteString("istiod_version", status.Version);
                foreach (var (type, name) in new[] { ("cds", "cluster"), ("eds", "endpoint"), ("lds", "listener"), ("rds", "route") })
                {
                    Write(json, name, proxy.Types.FirstOrDefault(entry => entry.Type == type));
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, string name, ProxyTypeStatus? type)
    {
        json.WriteString($"{name}_sent", type?.SentVersion ?? "");
        json.WriteString($"{name}_acked", type?.AcknowledgedVersion ?? "");
        json.WriteString($"{name}_status", type?.State switch
        {
            null => "NOT_SENT",
            "synced" => "SYNCED",
            "rejected" => "ERROR",
            _ => "STALE",
        });
    }
}
