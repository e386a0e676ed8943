using Intercept.Capture.Nftables;
using Intercept.Capture.Planning;

namespace Intercept.Capture.Execution;

/// <summary>Rules through nft, both families and all tables in one transaction.</summary>
internal sealed class NftablesBackend(ToolRunner runner) : ICaptureBackend
{
    public string Name => "nftables";

    public async Task<IReadOnlyList<string>> DriftAsync(CapturePlan? plan, CancellationToken cancellation)
    {
        var current = await NftablesState.ReadAsync(runner, cancellation);
        var desired = NftablesListing.Parse(plan is null ? "" : NftablesText.Script(plan));
        return current.DriftFrom(desired);
    }

    public async Task ApplyAsync(CapturePlan? plan, CancellationToken cancellation)
    {
        var drift = await DriftAsync(plan, cancellation);
        if (drift.Count == 0)
        {
            return;
        }

        // The script also removes our tables that the plan does not have, in the same transaction.
        await runner.MustAsync("nft", ["-f", "-"], plan is null ? NftablesText.Remove() : NftablesText.Script(plan), cancellation);
        var rest = await DriftAsync(plan, cancellation);
        if (rest.Count > 0)
        {
            throw new CaptureException($"the kernel's rules still differ after the commit:\n{string.Join('\n', rest)}");
        }
    }
}
