using Intercept.Node.Agent;
using Intercept.Node.Pods;
using Intercept.Node.Reporting;

namespace Intercept.Node.Serving;

/// <summary>The agent as it is at the moment of asking.</summary>
/// <param name="Keeper">Null where the agent does not install.</param>
internal sealed record AgentReading(PodStore Pods, string PodSource, Repairer Repairer, Keeper? Keeper, DateTimeOffset Started)
{
    public NodeStatus Status() => new(
        NodeProgram.Version,
        Started,
        Keeper is null ? null : new PluginStatus(Keeper.Last?.Files ?? [], Keeper.Restored, Keeper.Missing),
        PodSource,
        Pods.Count,
        Repairer.Pods,
        [.. Pods.Missing is { } missing ? [missing] : Array.Empty<string>(), .. Repairer.Problems]);
}
