using System.Buffers;
using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Intercept.Node.Installation;

/// <summary>What stands in a network's configuration for intercept-cni.</summary>
internal sealed record PluginEntry
{
    /// <summary>Whom the plugin asks about a pod; null where the selectors say it.</summary>
    public string? AgentSocket { get; init; }

    public string StateDirectory { get; init; } = "/run/intercept";

    public ImmutableArray<string> ExcludeNamespaces { get; init; } = ["kube-system"];

    public ImmutableArray<string> Pods { get; init; } = [];

    public ImmutableArray<string> Namespaces { get; init; } = [];

    public bool AllPods { get; init; }

    /// <summary>What to capture in a pod that a selector names, as istio-iptables' flags.</summary>
    public ImmutableArray<string> Arguments { get; init; } = [];

    /// <param name="alone">With name and version, as a file of its own.</param>
    public ReadOnlyMemory<byte> ToJson(bool alone = false)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (alone)
            {
                json.WriteString("cniVersion", "0.4.0");
                json.WriteString("name", CniEdit.PluginType);
            }

            json.WriteString("type", CniEdit.PluginType);
            if (AgentSocket is not null)
            {
                json.WriteString("agent_socket", AgentSocket);
            }
            else
            {
                json.WriteStartObject("selectors");
                WriteList(json, "pods", Pods);
                WriteList(json, "namespaces", Namespaces);
                json.WriteBoolean("all", AllPods);
                json.WriteEndObject();
                WriteList(json, "arguments", Arguments);
            }

            WriteList(json, "exclude_namespaces", ExcludeNamespaces);
            json.WriteString("state_directory", StateDirectory);
            json.WriteEndObject();
        }

        return bytes.WrittenMemory;
    }

    private static void WriteList(Utf8JsonWriter json, string name, ImmutableArray<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
