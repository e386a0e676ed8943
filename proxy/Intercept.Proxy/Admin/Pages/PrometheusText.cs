using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Intercept.Proxy.Admin.State;
using Intercept.Runtime.Http;

namespace Intercept.Proxy.Admin.Pages;

/// <summary>Prometheus' text format, with Envoy's names: what varies in a name is a label.</summary>
internal static class PrometheusText
{
    private const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static HttpResponse Write(IEnumerable<Stat> stats)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);

        // The samples of a family stand together, below its one TYPE line.
        foreach (var family in stats.GroupBy(stat => Name(stat.Family)).OrderBy(family => family.Key, StringComparer.Ordinal))
        {
            text.WriteLine($"# TYPE {family.Key} {(family.First().Kind == StatKind.Counter ? "counter" : "gauge")}");
            foreach (var stat in family)
            {
                text.Write(family.Key);
                WriteTags(stat.Tags, text);
                text.WriteLine($" {stat.Value}");
            }
        }

        return HttpResponse.OfText(text.ToString(), contentType: ContentType);
    }

    private static void WriteTags(ImmutableArray<StatTag> tags, StringWriter text)
    {
        var separator = '{';
        foreach (var tag in tags)
        {
            text.Write(separator);
            text.Write($"{Sanitized(tag.Name)}=\"");
            foreach (var c in tag.Value)
            {
                text.Write(c switch { '\\' => @"\\", '"' => "\\\"", '\n' => @"\n", _ => c.ToString() });
            }

            text.Write('"');
            separator = ',';
        }

        if (separator == ',')
        {
            text.Write('}');
        }
    }

    // Istio's metrics keep their own names.
    private static string Name(string family) =>
        family.StartsWith("istio_", StringComparison.Ordinal) ? Sanitized(family) : $"envoy_{Sanitized(family)}";

    private static string Sanitized(string name)
    {
        var text = new StringBuilder(name.Length);
        foreach (var c in name)
        {
            text.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
        }

        return text.ToString();
    }
}
