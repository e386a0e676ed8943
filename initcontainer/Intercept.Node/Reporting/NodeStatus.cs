namespace Intercept.Node.Reporting;

/// <summary>What an agent says of its node.</summary>
/// <param name="Plugin">Null where the agent does not install.</param>
/// <param name="PodSource">Where it knows the node's pods from.</param>
/// <param name="KnownPods">How many that names.</param>
/// <param name="Problems">What keeps it from its work; empty for nothing.</param>
internal sealed record NodeStatus(
    string Version,
    DateTimeOffset Started,
    PluginStatus? Plugin,
    string PodSource,
    int KnownPods,
    IReadOnlyList<PodStatus> Pods,
    IReadOnlyList<string> Problems);
