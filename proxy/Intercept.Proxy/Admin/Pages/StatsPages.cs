using System.Globalization;
using System.Text.RegularExpressions;
using Intercept.Proxy.Admin.State;
using Intercept.Runtime.Http;

namespace Intercept.Proxy.Admin.Pages;

/// <summary>/stats in Envoy's three forms, and /reset_counters.</summary>
internal static class StatsPages
{
    private const int LongestFilter = 1024;

    public static IEnumerable<AdminPage> All(IProxyState state) =>
    [
        new("/stats", false, "every statistic; ?filter=REGEX, ?usedonly, ?type=Counters|Gauges, ?format=text|json|prometheus", request =>
            Answer(request, state, request.Parameter("format") ?? "text")),
        new("/stats/prometheus", false, "the same for Prometheus; ?filter=REGEX, ?usedonly", request => Answer(request, state, "prometheus")),
        new("/reset_counters", true, "set all counters to zero", _ =>
        {
            state.ResetCounters();
            return HttpResponse.OfText("OK\n");
        }),
    ];

    private static HttpResponse Answer(HttpRequest request, IProxyState state, string format)
    {
        if (Choose(request, out var chooses) is { } why)
        {
            return HttpResponse.OfText($"{why}\n", 400);
        }

        var stats = state.Stats().Where(chooses).OrderBy(stat => stat.Name, StringComparer.Ordinal);
        return format switch
        {
            "text" or "" => Text(stats),
            "json" => HttpResponse.OfJson(json => json.WriteObjects("stats", stats, static (json, stat) =>
            {
                json.WriteString("name", stat.Name);
                json.WriteNumber("value", stat.Value);
            })),
            "prometheus" => PrometheusText.Write(stats),
            _ => HttpResponse.OfText($"'{format}' is not a format; allowed: text, json or prometheus\n", 400),
        };
    }

    /// <returns>Null, or what is wrong with the parameters.</returns>
    private static string? Choose(HttpRequest request, out Func<Stat, bool> chooses)
    {
        var usedOnly = request.Has("usedonly");
        StatKind? kind = request.Parameter("type") switch
        {
            "Counters" => StatKind.Counter,
            "Gauges" => StatKind.Gauge,
            _ => null,
        };
        var fault = Filter(request.Parameter("filter"), out var filter);
        chooses = stat => (!usedOnly || stat.IsUsed) && (kind is null || stat.Kind == kind) && (filter is null || filter.IsMatch(stat.Name));
        return request.Parameter("type") is { } type && kind is null && type != "All"
            ? $"'{type}' is not a type; allowed: All, Counters or Gauges"
            : fault;
    }

    // Linear whatever the expression: a pattern from outside must not stop this loop.
    private static string? Filter(string? pattern, out Regex? filter)
    {
        filter = null;
        if (string.IsNullOrEmpty(pattern))
        {
            return null;
        }

        try
        {
            filter = pattern.Length > LongestFilter ? null : new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            return filter is null ? $"the filter is longer than {LongestFilter} characters" : null;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return $"'{pattern}' is not a regular expression that can be matched in linear time";
        }
    }

    private static HttpResponse Text(IEnumerable<Stat> stats)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        foreach (var stat in stats)
        {
            text.WriteLine($"{stat.Name}: {stat.Value}");
        }

        return HttpResponse.OfText(text.ToString());
    }
}
