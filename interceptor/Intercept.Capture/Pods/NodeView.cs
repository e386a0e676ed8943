using Intercept.Capture.Configuration;

namespace Intercept.Capture.Pods;

/// <summary>A pod seen from its node: neither its users nor its resolvers are known there, so that DNS is captured whole or not at all.</summary>
public static class NodeView
{
    private const string SomeDns = "redirect-dns";
    private const string AllDns = "capture-all-dns";

    public static HostFacts Facts { get; } = new(_ => null, _ => null, "");

    /// <returns>The same, and all DNS where some of it was asked for.</returns>
    public static ParsedOptions Complete(ParsedOptions parsed)
    {
        ArgumentNullException.ThrowIfNull(parsed);
        return parsed.Given.TryGetValue(SomeDns, out var asked) && TruthValue.Parse(asked.Text.Trim()) == true
            ? parsed with { Given = parsed.Given.SetItem(AllDns, asked) }
            : parsed;
    }
}
