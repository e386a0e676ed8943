namespace Intercept.Tests.Netns.Capture.World;

/// <summary>The kernel half of iptables-legacy, which a newer kernel may be built without.</summary>
internal static class LegacyKernel
{
    /// <summary>
    /// Brings the legacy tables into being: that happens when a table is first asked for, and nobody can undo it, so it must not
    /// count as something that uninstall left behind.
    /// </summary>
    /// <returns>Why iptables-legacy cannot work here, or null.</returns>
    public static async Task<string?> PrepareAsync(CaptureWorld world)
    {
        var failures = (await world.Pod.AskAsync("legacy_tables"))["failures"]!.AsArray();
        return failures.Count == 0 ? null : $"this kernel has no iptables-legacy: {string.Join("; ", failures.Select(line => (string)line!))}";
    }
}
