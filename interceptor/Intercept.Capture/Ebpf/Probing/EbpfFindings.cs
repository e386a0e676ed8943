using System.Text.Json;

namespace Intercept.Capture.Ebpf.Probing;

/// <summary>What a probe found.</summary>
public sealed record EbpfFindings(EbpfFinding Outbound, EbpfFinding Inbound, TimeSpan Took)
{
    /// <summary>As an object, without a name before it.</summary>
    public void Write(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteStartObject();
        Write(json, "outbound", Outbound);
        Write(json, "inbound", Inbound);
        json.WriteNumber("milliseconds", (int)Took.TotalMilliseconds);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, EbpfFinding finding)
    {
        json.WriteStartObject(name);
        json.WriteBoolean("usable", finding.IsUsable);
        json.WriteStartArray("reasons");
        foreach (var answer in finding.Answers)
        {
            json.WriteStartObject();
            json.WriteString("reason", answer.Label);
            json.WriteString("detail", answer.Detail);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
