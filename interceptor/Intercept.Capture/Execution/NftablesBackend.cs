using Intercept.Capture.Nftables;
using Intercept.Capture.Planning;

namespace Intercept.Capture.Execution;

/// <summary>Rules through nft, both families and all tables in one transaction.</summary>
internal sealed class NftablesBackend(ToolRunner runner, BackendSurvey survey) : ICaptureBackend
{
    public string Name => "nftables";

    public bool Holds => survey.NftRules.Tables.Count > 0;

    public IReadOnlyList<string> Drift(CapturePlan? plan) => survey.NftRules.DriftFrom(Desired(plan));

    public async Task ApplyAsync(CapturePlan? plan, bool force, CancellationToken cancellation)
    {
        // Whoever wants the rules gone has found some, be it only an empty table.
        if (plan is not null && !force && Drift(plan).Count == 0)
        {
            return;
        }

        // The script also removes our tables that the plan does not have, in the same transaction.
        await runner.MustAsync("nft", ["-f", "-"], plan is null ? NftablesText.Remove() : NftablesText.Script(plan, survey.NftRules.Tables), cancellation);
        var rest = (await NftablesState.ReadAsync(runner, onlyNative: true, cancellation)).DriftFrom(Desired(plan));
        if (rest.Count > 0)
        {
            throw new CaptureException($"the kernel's rules still differ after the commit:\n{string.Join('\n', rest)}");
        }
    }

    private static NftablesListing Desired(CapturePlan? plan) => NftablesListing.Parse(plan is null ? "" : NftablesText.Script(plan));
}
