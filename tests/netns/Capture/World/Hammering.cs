using System.Text.Json.Nodes;
using Intercept.Tests.Cases;

namespace Intercept.Tests.Netns.Capture.World;

/// <summary>Connections without a pause while something is done to the rules: a moment without capture shows as another answerer.</summary>
internal static class Hammering
{
    // Several at a time, so that one is always between its SYN and its answer.
    private const int Width = 4;

    /// <returns>How often each flow got each answer: "app>service:80/tcp/4 pod:15001" to a count.</returns>
    public static async Task<IReadOnlyDictionary<string, int>> HammerAsync(this ProbeAgent sender, IEnumerable<FlowCase> flows, Func<Task> meanwhile)
    {
        await sender.AskAsync("hammer", new JsonObject
        {
            ["flows"] = new JsonArray([.. flows.SelectMany(flow => Enumerable.Range(0, Width).Select(_ => FlowRuns.Describe(flow)))]),
        });
        try
        {
            await meanwhile();
        }
        finally
        {
            // Some more, so that what came last is seen too.
            await Task.Delay(50);
        }

        return (await sender.AskAsync("rest"))["outcomes"]!.AsObject().ToDictionary(entry => entry.Key, entry => (int)entry.Value!);
    }

    /// <summary>Every one of these flows was answered there, often, and by nobody else.</summary>
    public static void AllWentTo(this IReadOnlyDictionary<string, int> outcomes, string by, IEnumerable<FlowCase> flows)
    {
        Assert.Equal(flows.Select(flow => $"{flow.Name} {by}").Order(), outcomes.Keys.Order());
        Assert.All(outcomes.Values, count => Assert.True(count >= 20, $"only {count} connections: nothing was proven"));
    }
}
