using System.Text;
using System.Text.Json;

namespace Intercept.Cni.Protocol;

/// <summary>What goes to standard output: one JSON document, which is all that a runtime reads.</summary>
internal static class CniOutput
{
    public static string Error(string version, CniException error) => Write(json =>
    {
        json.WriteString("cniVersion", version);
        json.WriteNumber("code", (int)error.Code);
        json.WriteString("msg", error.Message);
        json.WriteString("details", string.Join('\n', error.Details));
    });

    public static string Versions(string version) => Write(json =>
    {
        json.WriteString("cniVersion", version);
        json.WriteStartArray("supportedVersions");
        foreach (var supported in CniVersion.Supported)
        {
            json.WriteStringValue(supported);
        }

        json.WriteEndArray();
    });

    /// <summary>The result of the plugins before this one, which adds nothing to it: as it came, also what is not known here.</summary>
    /// <param name="previous">Null where this is the first plugin.</param>
    public static string Result(string version, JsonElement? previous) => Write(json =>
    {
        json.WriteString("cniVersion", version);
        foreach (var member in previous?.EnumerateObject().Where(member => member.Name != "cniVersion") ?? [])
        {
            json.WritePropertyName(member.Name);
            if (member.Name == "ips" && CniVersion.NamesFamilies(version) && member.Value.ValueKind == JsonValueKind.Array)
            {
                WriteAddresses(json, member.Value);
            }
            else
            {
                json.WriteRawValue(member.Value.GetRawText());
            }
        }
    });

    private static void WriteAddresses(Utf8JsonWriter json, JsonElement addresses)
    {
        json.WriteStartArray();
        foreach (var address in addresses.EnumerateArray())
        {
            if (address.ValueKind != JsonValueKind.Object || address.TryGetProperty("version", out _)
                || !address.TryGetProperty("address", out var text) || text.ValueKind != JsonValueKind.String)
            {
                json.WriteRawValue(address.GetRawText());
                continue;
            }

            json.WriteStartObject();
            json.WriteString("version", text.GetString()!.Contains(':', StringComparison.Ordinal) ? "6" : "4");
            foreach (var member in address.EnumerateObject())
            {
                json.WritePropertyName(member.Name);
                json.WriteRawValue(member.Value.GetRawText());
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string Write(Action<Utf8JsonWriter> members)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
