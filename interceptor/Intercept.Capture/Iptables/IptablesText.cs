using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Intercept.Capture.Configuration;
using Intercept.Capture.Planning;

namespace Intercept.Capture.Iptables;

/// <summary>
/// A plan as iptables rules. Each line is what iptables-save 1.8 prints for the rule, the same from the legacy and the nft variant, so
/// that drift is a comparison of text. Real kernels hold this in tests/netns.
/// </summary>
public static class IptablesText
{
    /// <summary>
    /// The rules of one family, in order, by table and chain; the jumps from PREROUTING and OUTPUT are among them. A chain that has
    /// rules for the other family only is here without rules, because the rules that lead to it are the same in both.
    /// </summary>
    public static ImmutableArray<IptablesTable> Rules(CapturePlan plan, bool ipv6) =>
        [.. plan.Rules
            .GroupBy(rule => rule.Table)
            .Select(table => new IptablesTable(
                table.Key.IptablesName(),
                [.. table.GroupBy(rule => rule.Chain).Select(chain => new IptablesChain(
                    chain.Key.IptablesName(),
                    chain.Key.IsBuiltIn(),
                    [.. chain.Where(rule => rule.AppliesTo(ipv6)).Select(rule => Line(rule, ipv6))]))]))];

    /// <summary>
    /// Input for `iptables-restore --noflush` in a namespace without rules of ours: our chains are declared, which empties them if they
    /// exist, and the jumps go in front of whatever the built-in chains hold. Repeated, it would repeat the jumps: a caller that finds
    /// rules of ours writes the difference from <see cref="Rules"/> instead.
    /// </summary>
    public static string Restore(CapturePlan plan, bool ipv6)
    {
        var text = new StringBuilder();
        foreach (var table in Rules(plan, ipv6))
        {
            text.Append('*').Append(table.Name).Append('\n');
            foreach (var chain in table.Chains.Where(chain => !chain.IsBuiltIn))
            {
                text.Append(':').Append(chain.Name).Append(" - [0:0]\n");
            }

            foreach (var line in table.Chains.Where(chain => !chain.IsBuiltIn).SelectMany(chain => chain.Rules))
            {
                text.Append(line).Append('\n');
            }

            foreach (var chain in table.Chains.Where(chain => chain.IsBuiltIn))
            {
                for (var index = 0; index < chain.Rules.Length; index++)
                {
                    text.Append(InsertLine(chain, index)).Append('\n');
                }
            }

            text.Append("COMMIT\n");
        }

        return text.ToString();
    }

    /// <summary>The rule at <paramref name="index"/> as `-I CHAIN NUMBER ...`, so that the jumps end up first and in order.</summary>
    public static string InsertLine(IptablesChain chain, int index) =>
        string.Create(
            CultureInfo.InvariantCulture, $"-I {chain.Name} {index + 1}{chain.Rules[index].AsSpan($"-A {chain.Name}".Length)}");

    private static string Line(CaptureRule rule, bool ipv6)
    {
        var line = new StringBuilder("-A ").Append(rule.Chain.IptablesName());
        AppendMatch(line, rule.Match);
        line.Append(" -m comment --comment \"").Append(rule.Comment).Append('"');
        AppendAction(line, rule.Action, ipv6);
        return line.ToString();
    }

    // In the order of iptables-save: addresses, interfaces, protocol, then the extensions in the order in which they were given.
    private static void AppendMatch(StringBuilder line, RuleMatch match)
    {
        Append(line, " -s ", match.Source?.ToString());
        Append(line, " -d ", match.Destination?.ToString());
        Append(line, " -i ", match.InInterface);
        Append(line, " -o ", match.OutInterface);
        if (match.Protocol is { } protocol)
        {
            var name = protocol == RuleProtocol.Tcp ? "tcp" : "udp";
            line.Append(" -p ").Append(name);
            if (match.SourcePorts is not null || match.DestinationPorts is not null)
            {
                line.Append(" -m ").Append(name);
                Append(line, " --sport ", Ports(match.SourcePorts));
                Append(line, " --dport ", Ports(match.DestinationPorts));
            }
        }

        Append(line, " -m owner --uid-owner ", match.Uid?.ToString(CultureInfo.InvariantCulture));
        Append(line, " -m owner --gid-owner ", match.Gid?.ToString(CultureInfo.InvariantCulture));
        Append(line, " -m mark --mark 0x", match.Mark?.ToString("x", CultureInfo.InvariantCulture));
        Append(line, " -m connmark --mark 0x", match.ConnectionMark?.ToString("x", CultureInfo.InvariantCulture));
        if (match.ConnectionState != ConnectionState.None)
        {
            line.Append(" -m conntrack --ctstate ").Append(States(match.ConnectionState));
        }

        if (match.IsReply)
        {
            line.Append(" -m conntrack --ctdir REPLY");
        }

        if (match.IsTranslated)
        {
            line.Append(" -m conntrack --ctstate DNAT");
        }
    }

    private static void AppendAction(StringBuilder line, RuleAction action, bool ipv6)
    {
        var culture = CultureInfo.InvariantCulture;
        _ = action.Verb switch
        {
            RuleVerb.Return => line.Append(" -j RETURN"),
            RuleVerb.Accept => line.Append(" -j ACCEPT"),
            RuleVerb.Drop => line.Append(" -j DROP"),
            RuleVerb.Refuse => line.Append(" -j REJECT --reject-with ").Append(ipv6 ? "icmp6" : "icmp").Append("-port-unreachable"),
            RuleVerb.Jump => line.Append(" -j ").Append(action.Chain.IptablesName()),
            RuleVerb.Goto => line.Append(" -g ").Append(action.Chain.IptablesName()),
            RuleVerb.Redirect => line.Append(culture, $" -j REDIRECT --to-ports {action.Port}"),
            RuleVerb.Tproxy => line.Append(
                culture, $" -j TPROXY --on-port {action.Port} --on-ip {(ipv6 ? "::" : "0.0.0.0")} --tproxy-mark 0x{action.Number:x}/0xffffffff"),
            RuleVerb.SetMark => line.Append(culture, $" -j MARK --set-xmark 0x{action.Number:x}/0xffffffff"),
            RuleVerb.SaveMark => line.Append(" -j CONNMARK --save-mark --nfmask 0xffffffff --ctmask 0xffffffff"),
            RuleVerb.RestoreMark => line.Append(" -j CONNMARK --restore-mark --nfmask 0xffffffff --ctmask 0xffffffff"),
            RuleVerb.ConntrackZone => line.Append(culture, $" -j CT --zone {action.Number}"),
            _ => throw new ArgumentOutOfRangeException(nameof(action), action.Verb, null),
        };
    }

    private static void Append(StringBuilder line, string option, string? value)
    {
        if (value is not null)
        {
            line.Append(option).Append(value);
        }
    }

    private static string? Ports(PortRange? range) => range?.ToString().Replace('-', ':');

    // In the order in which iptables prints them.
    private static string States(ConnectionState states)
    {
        (ConnectionState State, string Name)[] names =
        [
            (ConnectionState.Invalid, "INVALID"), (ConnectionState.New, "NEW"),
            (ConnectionState.Related, "RELATED"), (ConnectionState.Established, "ESTABLISHED"),
        ];
        return string.Join(',', names.Where(entry => states.HasFlag(entry.State)).Select(entry => entry.Name));
    }
}
