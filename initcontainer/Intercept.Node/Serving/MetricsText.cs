using System.Globalization;
using Intercept.Node.Reporting;

namespace Intercept.Node.Serving;

/// <summary>Prometheus' text format.</summary>
internal static class MetricsText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static string Of(AgentReading reading, AgentPages pages)
    {
        var status = reading.Status();
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        Head(text, "intercept_node_pods", "gauge", "Pods by what became of their capture.");
        foreach (var state in new[] { PodStatus.Captured, PodStatus.Drifted, PodStatus.Unknown, PodStatus.Uncaptured })
        {
            text.WriteLine($"intercept_node_pods{{state=\"{state}\"}} {status.Pods.Count(pod => pod.State == state)}");
        }

        Head(text, "intercept_node_known_pods", "gauge", "Pods that the agent's source names.");
        text.WriteLine($"intercept_node_known_pods {status.KnownPods}");
        Head(text, "intercept_node_repairs_total", "counter", "Pods whose capture was repaired or put in place by the agent.");
        text.WriteLine($"intercept_node_repairs_total {reading.Repairer.Repaired}");
        Head(text, "intercept_node_decisions_total", "counter", "Questions of plugins about a pod.");
        text.WriteLine($"intercept_node_decisions_total {pages.Asked}");
        Head(text, "intercept_node_refusals_total", "counter", "Pods refused, because what they say of themselves cannot be done.");
        text.WriteLine($"intercept_node_refusals_total {pages.Refused}");
        if (status.Plugin is { } plugin)
        {
            Head(text, "intercept_node_plugin_installed", "gauge", "1 where the plugin is in the runtime's chain.");
            text.WriteLine($"intercept_node_plugin_installed {(plugin.Problem is null ? 1 : 0)}");
            Head(text, "intercept_node_plugin_restored_total", "counter", "How often the plugin was put back after somebody else's writing.");
            text.WriteLine($"intercept_node_plugin_restored_total {plugin.Restored}");
        }

        return text.ToString();
    }

    private static void Head(StringWriter text, string name, string type, string help) => text.Write($"# HELP {name} {help}\n# TYPE {name} {type}\n");
}
