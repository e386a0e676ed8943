namespace Intercept.Capture.Execution;

/// <summary>The kernel's tables as nft lists them, all from one listing.</summary>
internal static class NftablesState
{
    /// <param name="onlyNative">Leave out what iptables-nft made.</param>
    public static async Task<NftablesListing> ReadAsync(ToolRunner runner, bool onlyNative, CancellationToken cancellation)
    {
        // -s leaves counters out. One call, because nft 1.0.6 does not find the second of two tables listed by one script.
        var listed = await runner.RunAsync("nft", onlyNative ? ["-s", "list", "ruleset", "inet"] : ["-s", "list", "ruleset"], cancellation: cancellation);

        // Without the right to list there is no right to change either, and that error says more.
        return NftablesListing.Parse(listed.Succeeded ? listed.Output : "", isEmpty: listed.Succeeded && !onlyNative && listed.Output.AsSpan().Trim().IsEmpty);
    }
}
