using System.Globalization;

namespace Intercept.Control.Status;

/// <summary>The status for a person.</summary>
internal static class StatusText
{
    public static void Write(ControlStatus status, TextWriter text)
    {
        text.WriteLine($"intercept-control {status.Version}, {(status.IsReady ? "ready" : "not ready")}, since {Time(status.Started)}");
        text.WriteLine(status.GenerationSince is { } since
            ? $"manifests: {status.Source}, generation {status.Generation} since {Time(since)} ({Age(status.AgeSeconds ?? 0)})"
            : $"manifests: {status.Source}, none in force");
        text.WriteLine(status.Certificates is { } certificates
            ? $"certificates: {certificates.Issued} issued, {certificates.Refused} refused{(certificates.RootExpires is { } end ? $", root until {Time(end)}" : "")}"
            : "certificates: no authority");
        WriteProblems($"problems: {status.Problems.Count}{(status.Problems.Count > 0 ? "; the last good state stays in force" : "")}", status.Problems, text);
        WriteProblems($"warnings: {status.Warnings.Count}", status.Warnings, text);

        text.WriteLine($"proxies: {status.Proxies.Count}");
        foreach (var proxy in status.Proxies)
        {
            WriteProxy(proxy, status.Generation, text);
        }
    }

    private static void WriteProblems(string heading, IReadOnlyList<ProblemStatus> problems, TextWriter text)
    {
        text.WriteLine(heading);
        foreach (var problem in problems)
        {
            text.WriteLine($"  {problem.Text}");
        }
    }

    private static void WriteProxy(ProxyStatus proxy, long generation, TextWriter text)
    {
        var behind = proxy.Generation == generation ? "" : $", has generation {proxy.Generation}";
        text.WriteLine($"  {proxy.Node} ({proxy.Protocol}, {proxy.Caller}, since {Time(proxy.ConnectedSince)}{behind})");
        text.WriteLine($"    {string.Join("  ", proxy.Types.Select(type => $"{type.Type} {type.State} {type.SentVersion}".TrimEnd()))}");
        foreach (var type in proxy.Types.Where(type => type.Rejection is not null))
        {
            text.WriteLine($"    {type.Type} refused: {type.Rejection}");
        }
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static string Age(double seconds) => TimeSpan.FromSeconds(Math.Floor(seconds)) switch
    {
        { TotalMinutes: < 1 } age => $"{age.TotalSeconds} s",
        { TotalHours: < 1 } age => $"{age.Minutes} min {age.Seconds} s",
        var age => $"{(int)age.TotalHours} h {age.Minutes} min",
    };
}
