namespace Intercept.Node.Reporting;

/// <summary>The plugin in the runtime's chain.</summary>
/// <param name="Files">Those that have its entry.</param>
/// <param name="Restored">How often somebody else's writing was undone, since the agent started.</param>
/// <param name="Problem">Why it is not in place; null where it is.</param>
internal sealed record PluginStatus(IReadOnlyList<string> Files, long Restored, string? Problem);
