using System.Text;
using System.Text.Json;
using Intercept.Capture.Execution;
using Intercept.Capture.Iptables;
using Intercept.Capture.Nftables;
using Intercept.Capture.Planning;

namespace Intercept.Init;

internal static class PlanJson
{
    private static readonly JsonWriterOptions _indented = new() { Indented = true };

    public static string Write(CapturePlan plan)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, _indented))
        {
            json.WriteStartObject();
            json.WriteStartArray("routing");
            foreach (var command in RoutingCommands.For(plan.Routing))
            {
                json.WriteStringValue($"ip {string.Join(' ', command)}");
            }

            json.WriteEndArray();
            WriteRules(json, "ipv4", IptablesText.Rules(plan, ipv6: false).Select(table => (table.Name, table.Chains.SelectMany(chain => chain.Rules))));
            WriteRules(json, "ipv6", IptablesText.Rules(plan, ipv6: true).Select(table => (table.Name, table.Chains.SelectMany(chain => chain.Rules))));
            WriteRules(json, "nftables", NftablesText.Rules(plan).Select(table => (table.Name,
                table.Chains.SelectMany(chain => chain.Rules.Select(rule => $"{chain.Name} {rule}")))));
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private static void WriteRules(Utf8JsonWriter json, string name, IEnumerable<(string Table, IEnumerable<string> Rules)> tables)
    {
        json.WriteStartObject(name);
        foreach (var (table, rules) in tables)
        {
            json.WriteStartArray(table);
            foreach (var rule in rules)
            {
                json.WriteStringValue(rule);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}
