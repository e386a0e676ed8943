using System.Globalization;
using Intercept.Capture.Execution;
using Intercept.Capture.Iptables;
using Intercept.Capture.Nftables;
using Intercept.Capture.Planning;
using Intercept.Core;

namespace Intercept.Init;

/// <summary>A plan on paper: for people, for programs, or as the input of the tool that would install it.</summary>
internal static class PlanText
{
    public static async Task<int> WriteAsync(CapturePlan plan, string form, TextWriter output)
    {
        await output.WriteAsync(form switch
        {
            "iptables" => Iptables(plan),
            "nftables" => Nftables(plan),
            "json" => PlanJson.Write(plan),
            _ => Table(plan),
        });
        return ExitCode.Success;
    }

    private static string Iptables(CapturePlan plan) =>
        Routing(plan) + "# iptables-restore --noflush\n" + IptablesText.Restore(plan, ipv6: false)
        + "# ip6tables-restore --noflush\n" + IptablesText.Restore(plan, ipv6: true);

    private static string Nftables(CapturePlan plan) => Routing(plan) + "# nft -f\n" + NftablesText.Script(plan);

    private static string Routing(CapturePlan plan) =>
        string.Concat(RoutingCommands.For(plan.Routing).Select(command => $"# ip {string.Join(' ', command)}\n"));

    private static string Table(CapturePlan plan)
    {
        using var lines = new StringWriter(CultureInfo.InvariantCulture);
        var table = "";
        foreach (var ipv6 in new[] { false, true })
        {
            lines.WriteLine(ipv6 ? "\nIPv6" : "IPv4");
            foreach (var saved in IptablesText.Rules(plan, ipv6))
            {
                foreach (var chain in saved.Chains)
                {
                    table = $"{saved.Name} {chain.Name}";
                    lines.WriteLine($"  {table}");
                    for (var index = 0; index < chain.Rules.Length; index++)
                    {
                        lines.WriteLine($"    {index + 1,3}  {chain.Rules[index][$"-A {chain.Name} ".Length..]}");
                    }
                }
            }
        }

        var routing = Routing(plan);
        return lines + (routing.Length == 0 ? "" : $"\nRouting\n{routing.Replace("# ", "  ", StringComparison.Ordinal)}");
    }
}
