using System.Globalization;

namespace Intercept.Node.Reporting;

/// <summary>The status for people.</summary>
internal static class StatusText
{
    public static string Of(NodeStatus status)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        text.WriteLine($"intercept-node {status.Version}, up since {Time(status.Started)}; {status.KnownPods} pod(s) known from {status.PodSource}");
        if (status.Plugin is { } plugin)
        {
            text.WriteLine(plugin.Problem is null
                ? $"plugin in {string.Join(", ", plugin.Files)}{(plugin.Restored > 0 ? $", put back {plugin.Restored} time(s)" : "")}"
                : $"PROBLEM: plugin not in place: {plugin.Problem}");
        }

        foreach (var problem in status.Problems)
        {
            text.WriteLine($"PROBLEM: {problem}");
        }

        text.WriteLine(status.Pods.Count == 0 ? "no pod is captured" : $"{status.Pods.Count(pod => pod.State == PodStatus.Captured)} of {status.Pods.Count} pod(s) captured:");
        foreach (var pod in status.Pods)
        {
            text.WriteLine($"  {pod}: {pod.State}{(pod.Backend is null ? "" : $" by {pod.Backend}")}{Since(pod)}{Verified(pod)}{(pod.Repairs > 0 ? $", repaired {pod.Repairs} time(s)" : "")}");
            if (pod.Problem is { } problem)
            {
                text.WriteLine($"    PROBLEM: {problem}");
            }
        }

        return text.ToString().TrimEnd();
    }

    private static string Since(PodStatus pod) => pod.Since is { } since ? $" since {Time(since)}" : "";

    private static string Verified(PodStatus pod) => pod.Verified is { } verified ? $", verified {Time(verified)}" : "";

    private static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
