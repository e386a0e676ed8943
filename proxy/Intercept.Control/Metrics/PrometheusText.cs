using System.Globalization;

namespace Intercept.Control.Metrics;

/// <summary>Prometheus' text format, 0.0.4.</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static string Of(MetricRegistry registry)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        foreach (var family in registry.All)
        {
            text.WriteLine($"# HELP {family.Name} {family.Help}");
            text.WriteLine($"# TYPE {family.Name} {(family.Kind switch { MetricKind.Counter => "counter", MetricKind.Gauge => "gauge", _ => "histogram" })}");
            foreach (var sample in family.Samples())
            {
                text.Write($"{family.Name}{sample.Suffix}");
                if (sample.Labels.Count > 0)
                {
                    text.Write($"{{{string.Join(',', sample.Labels.Select(label => $"{label.Name}=\"{Escaped(label.Value)}\""))}}}");
                }

                text.WriteLine($" {sample.Value}");
            }
        }

        return text.ToString();
    }

    private static string Escaped(string value) =>
        value.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal);
}
