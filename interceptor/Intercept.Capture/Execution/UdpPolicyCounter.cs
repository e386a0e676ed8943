using System.Globalization;
using System.Text.RegularExpressions;
using Intercept.Capture.Configuration;
using Intercept.Capture.Planning;

namespace Intercept.Capture.Execution;

/// <summary>What the UDP policy has counted: the packets of its rule, in whichever backend holds it.</summary>
public static partial class UdpPolicyCounter
{
    /// <returns>The datagrams since the rules were written, both families; null where no policy is in force.</returns>
    public static async Task<ulong?> ReadAsync(ApplySettings settings, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var runner = new ToolRunner(settings.SearchPath, settings.NetworkNamespace);
        var survey = await BackendSurvey.TakeAsync(new BackendRequest(BackendChoice.Nftables, null), runner, cancellation);
        List<ulong> counts = [];
        if (survey.NftRules.Tables.Contains(RuleTable.Filter.NftablesName()))
        {
            string[] list = ["list", "table", "inet", RuleTable.Filter.NftablesName()];
            counts.AddRange(OfNftables(await runner.MustAsync("nft", list, cancellation: cancellation)));
        }

        foreach (var (kind, tools) in survey.Tools)
        {
            foreach (var ipv6 in AddressFamilies.Present(survey.HasIPv6).Where(ipv6 => survey.Rules(kind, ipv6).HoldsOurs))
            {
                counts.AddRange(OfIptables(await runner.MustAsync(tools.Save(ipv6), ["-c"], cancellation: cancellation)));
            }
        }

        return counts.Count == 0 ? null : counts.Aggregate((sum, count) => sum + count);
    }

    /// <summary>From `iptables-save -c`: `[3:120] -A INTERCEPT_UDP ...`.</summary>
    internal static IEnumerable<ulong> OfIptables(string saved) => Counts(Lines(saved, $"-A {RuleChain.InterceptUdp.IptablesName()} "), IptablesCount());

    /// <summary>From `nft list table`: the rules of the chain, each `... counter packets 3 bytes 120 ...`.</summary>
    internal static IEnumerable<ulong> OfNftables(string listed)
    {
        var chain = $"chain {RuleChain.InterceptUdp.NftablesName()} {{";
        var lines = listed.Split('\n').Select(line => line.Trim()).SkipWhile(line => line != chain).TakeWhile(line => line != "}");
        return Counts(lines, NftablesCount());
    }

    private static IEnumerable<string> Lines(string text, string holding) =>
        text.Split('\n').Where(line => line.Contains(holding, StringComparison.Ordinal));

    private static IEnumerable<ulong> Counts(IEnumerable<string> lines, Regex count) =>
        lines.Select(line => count.Match(line)).Where(match => match.Success)
            .Select(match => ulong.Parse(match.Groups["packets"].ValueSpan, CultureInfo.InvariantCulture));

    [GeneratedRegex(@"^\[(?<packets>\d+):\d+\] -A", RegexOptions.ExplicitCapture)]
    private static partial Regex IptablesCount();

    [GeneratedRegex(@"\bcounter packets (?<packets>\d+) bytes", RegexOptions.ExplicitCapture)]
    private static partial Regex NftablesCount();
}
