using Intercept.Capture.Configuration;

namespace Intercept.Capture.Execution;

/// <summary>Which backend does the work, and why: printed, because a wrong guess here is invisible until traffic leaks.</summary>
/// <param name="Iptables">The tools of the variant; null for native nftables.</param>
/// <param name="Reason">A clause: "because ...".</param>
internal sealed record ChosenBackend(IptablesTools? Iptables, string Reason)
{
    public string Name => Iptables is null ? "nftables" : Iptables.ToString();

    public static async Task<ChosenBackend> MakeAsync(BackendRequest request, BackendSurvey survey, ToolRunner runner,
        CancellationToken cancellation)
    {
        if (request.Choice == BackendChoice.Nftables)
        {
            return survey.HasNft ? new ChosenBackend(null, "it was asked for") : throw new CaptureException(ToolRunner.Missing("nft"));
        }

        if (request.Variant is { } forced)
        {
            var kind = forced switch
            {
                IptablesVariant.Legacy => IptablesKind.Legacy,
                IptablesVariant.Nft => IptablesKind.Nft,
                _ => await BackendSurvey.PlainKindAsync(runner, cancellation),
            };
            return survey.Tools.TryGetValue(kind, out var tools)
                ? new ChosenBackend(tools, "it was asked for")
                : throw new CaptureException(survey.Failures.GetValueOrDefault(kind)
                    ?? ToolRunner.Missing(kind == IptablesKind.Legacy ? "iptables-legacy-restore" : "iptables-nft-restore"));
        }

        var iptables = IptablesOf(survey);
        if (request.Choice == BackendChoice.Iptables)
        {
            return iptables ?? throw new CaptureException(NoIptables(survey));
        }

        if (survey.NftRules.Tables.Count > 0)
        {
            return new ChosenBackend(null, "an earlier install used it here");
        }

        return iptables ?? (survey.HasNft
            ? new ChosenBackend(null, "no working iptables is on PATH")
            : throw new CaptureException($"{NoIptables(survey)}\n{ToolRunner.Missing("nft")}\nOne of the two is enough."));
    }

    private static string NoIptables(BackendSurvey survey) =>
        survey.Failures.Count > 0 ? string.Join('\n', survey.Failures.Values) : ToolRunner.Missing("iptables-restore");

    private static ChosenBackend? IptablesOf(BackendSurvey survey)
    {
        var tools = survey.Tools;
        if (tools.Count == 0)
        {
            return null;
        }

        if (tools.Count == 1)
        {
            return new ChosenBackend(tools.Values.First(), "it is the only variant of iptables here");
        }

        var (nft, legacy) = (tools[IptablesKind.Nft], tools[IptablesKind.Legacy]);
        foreach (var variant in new[] { nft, legacy })
        {
            if (survey.HoldsOurs(variant.Kind))
            {
                return new ChosenBackend(variant, "an earlier install used it here");
            }
        }

        // Rules of both variants are in force at once; joining the one in use keeps the order of a packet's way visible.
        if (survey.HoldsRules(IptablesKind.Legacy) != survey.HoldsRules(IptablesKind.Nft))
        {
            return survey.HoldsRules(IptablesKind.Legacy)
                ? new ChosenBackend(legacy, "this namespace already has iptables-legacy rules")
                : new ChosenBackend(nft, "this namespace already has iptables-nft rules");
        }

        return survey.KernelTakesNftKind
            ? new ChosenBackend(nft, "the kernel takes it and no legacy rules are in use")
            : new ChosenBackend(legacy, "the kernel refuses iptables-nft rules");
    }
}
