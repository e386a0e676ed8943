namespace Intercept.Capture.Execution;

/// <summary>Our tables as nft lists them, all from one listing.</summary>
internal static class NftablesState
{
    public static async Task<NftablesListing> ReadAsync(ToolRunner runner, CancellationToken cancellation)
    {
        // -s leaves counters out. One call, because nft 1.0.6 does not find the second of two tables listed by one script.
        var listed = await runner.RunAsync("nft", ["-s", "list", "ruleset", "inet"], cancellation: cancellation);

        // Without the right to list there is no right to change either, and that error says more.
        return NftablesListing.Parse(listed.Succeeded ? listed.Output : "");
    }
}
