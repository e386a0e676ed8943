using System.Globalization;
using System.Text.Json;
using Intercept.Core.Addressing;

namespace Intercept.Proxy.Admin.Pages;

/// <summary>Values as protobuf's JSON mapping and Envoy's messages write them.</summary>
internal static class EnvoyJson
{
    /// <summary>An envoy.config.core.v3.Address.</summary>
    public static void WriteAddress(this Utf8JsonWriter json, string name, string host, ushort port)
    {
        json.WriteStartObject(name);
        json.WriteSocketAddress("socket_address", host, port);
        json.WriteEndObject();
    }

    public static void WriteAddress(this Utf8JsonWriter json, string name, NetEndpoint endpoint) =>
        json.WriteAddress(name, endpoint.Address.ToString(), endpoint.Port);

    public static void WriteSocketAddress(this Utf8JsonWriter json, string name, string host, ushort port)
    {
        json.WriteStartObject(name);
        json.WriteString("address", host);
        json.WriteNumber("port_value", port);
        json.WriteEndObject();
    }

    /// <summary>google.protobuf.Duration: "0.25s".</summary>
    public static void WriteDuration(this Utf8JsonWriter json, string name, TimeSpan duration) => json.WriteString(
        name, ((decimal)duration.Ticks / TimeSpan.TicksPerSecond).ToString("0.#######", CultureInfo.InvariantCulture) + "s");

    /// <summary>google.protobuf.Timestamp.</summary>
    public static void WriteTimestamp(this Utf8JsonWriter json, string name, DateTimeOffset time) =>
        json.WriteString(name, time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));

    /// <summary>A 64-bit number, which JSON's readers would round.</summary>
    public static void WriteLong(this Utf8JsonWriter json, string name, long value) =>
        json.WriteString(name, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>Left out when false, as protobuf leaves out defaults.</summary>
    public static void WriteTrue(this Utf8JsonWriter json, string name, bool value)
    {
        if (value)
        {
            json.WriteBoolean(name, value);
        }
    }

    /// <summary>The first field of a google.protobuf.Any.</summary>
    public static void WriteType(this Utf8JsonWriter json, string message) => json.WriteString("@type", $"type.googleapis.com/{message}");

    public static void WriteTexts(this Utf8JsonWriter json, string name, IEnumerable<string> texts) =>
        json.WriteList(name, texts, static (json, text) => json.WriteStringValue(text));

    public static void WriteObjects<T>(this Utf8JsonWriter json, string name, IEnumerable<T> items, Action<Utf8JsonWriter, T> write) =>
        json.WriteList(name, items, (json, item) =>
        {
            json.WriteStartObject();
            write(json, item);
            json.WriteEndObject();
        });

    /// <summary>Left out when empty.</summary>
    public static void WriteList<T>(this Utf8JsonWriter json, string name, IEnumerable<T> items, Action<Utf8JsonWriter, T> write)
    {
        var isOpen = false;
        foreach (var item in items)
        {
            if (!isOpen)
            {
                json.WriteStartArray(name);
                isOpen = true;
            }

            write(json, item);
        }

        if (isOpen)
        {
            json.WriteEndArray();
        }
    }
}
