using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Intercept.Capture.Planning;
using Intercept.Core.Addressing;

namespace Intercept.Capture.Nftables;

/// <summary>
/// A plan as nftables rules, in tables of our own for both families at once. Each line is what `nft --stateless list table` prints for
/// the rule (nft 1.0.6), so that drift is a comparison of text. Real kernels hold this in tests/netns.
/// </summary>
public static class NftablesText
{
    /// <summary>Every table that a plan may have: what uninstall removes, whatever the configuration was.</summary>
    public static ImmutableArray<string> AllTableNames { get; } = [.. Enum.GetValues<RuleTable>().Select(table => table.NftablesName())];

    public static ImmutableArray<NftablesTable> Rules(CapturePlan plan) =>
        [.. plan.Rules.GroupBy(rule => rule.Table).Select(table => new NftablesTable(
            table.Key.NftablesName(),
            [.. table.GroupBy(rule => rule.Chain).Select(chain => Chain(table.Key, chain.Key, chain))]))];

    /// <summary>
    /// One `nft -f` script, one transaction: every table of ours is replaced or, when the plan has no rules for it, removed. Adding a
    /// table before deleting it makes the script the same whether it exists or not.
    /// </summary>
    /// <param name="there">Tables of ours that were found: one that only some configurations have is removed where it is.</param>
    public static string Script(CapturePlan plan, IEnumerable<string>? there = null)
    {
        var tables = Rules(plan);
        var named = tables.Select(table => table.Name).Concat(there ?? []).ToHashSet();
        var text = new StringBuilder(Remove(AllTableNames.Where(name => name != RuleTable.Filter.NftablesName() || named.Contains(name))));
        foreach (var table in tables)
        {
            text.Append(table);
        }

        return text.ToString();
    }

    /// <summary>One `nft -f` script that removes every table of ours, whether it exists or not.</summary>
    public static string Remove() => Remove(AllTableNames);

    /// <summary>In nftables the chains at the kernel's hooks are ours too.</summary>
    public static string ChainName(RuleChain chain) => chain.IsBuiltIn() ? (chain == RuleChain.Prerouting ? "prerouting" : "output") : chain.NftablesName();

    private static string Remove(IEnumerable<string> tables) =>
        string.Concat(tables.Select(name => $"add table inet {name}\ndelete table inet {name}\n"));

    private static NftablesChain Chain(RuleTable table, RuleChain chain, IEnumerable<CaptureRule> rules) =>
        new(
            ChainName(chain),
            chain.IsBuiltIn() ? Hook(table, chain) : null,
            [.. rules.SelectMany(Lines)]);

    // NAT is one step before the priority that everybody uses: of two chains with the same one, whoever came first would decide.
    // A route chain asks for the route again when a rule has changed the mark.
    private static string Hook(RuleTable table, RuleChain chain) => (table, chain) switch
    {
        (RuleTable.Raw, RuleChain.Prerouting) => "type filter hook prerouting priority raw; policy accept;",
        (RuleTable.Raw, RuleChain.Output) => "type filter hook output priority raw; policy accept;",
        (RuleTable.Mangle, RuleChain.Prerouting) => "type filter hook prerouting priority mangle; policy accept;",
        (RuleTable.Mangle, RuleChain.Output) => "type route hook output priority mangle; policy accept;",
        (RuleTable.Nat, RuleChain.Prerouting) => "type nat hook prerouting priority dstnat - 1; policy accept;",
        (RuleTable.Nat, RuleChain.Output) => "type nat hook output priority -101; policy accept;",
        (RuleTable.Filter, RuleChain.Output) => "type filter hook output priority filter; policy accept;",
        _ => throw new ArgumentOutOfRangeException(nameof(chain), chain, "is not a hook"),
    };

    private static IEnumerable<string> Lines(CaptureRule rule)
    {
        yield return Line(rule, rule.Action, rule.Comment);
        if (rule.Action.Verb == RuleVerb.Tproxy)
        {
            // iptables' TPROXY drops when the listener is missing; nftables' goes on to the next rule, and the application would answer.
            yield return Line(rule, RuleAction.Drop, $"{rule.Comment}, no listener");
        }
    }

    private static string Line(CaptureRule rule, RuleAction action, string comment)
    {
        var line = new StringBuilder();
        var match = rule.Match;
        if (rule.Family != RuleFamily.Both && match.Source is null && match.Destination is null)
        {
            line.Append("meta nfproto ").Append(rule.Family == RuleFamily.IPv6 ? "ipv6 " : "ipv4 ");
        }

        AppendCidr(line, "saddr", match.Source);
        AppendCidr(line, "daddr", match.Destination);
        Append(line, "iifname", Quote(match.InInterface));
        Append(line, "oifname", Quote(match.OutInterface));
        AppendProtocol(line, match);
        Append(line, "meta skuid", match.Uid?.ToString(CultureInfo.InvariantCulture));
        Append(line, "meta skgid", match.Gid?.ToString(CultureInfo.InvariantCulture));
        Append(line, "meta mark", Mark(match.Mark));
        Append(line, "ct mark", Mark(match.ConnectionMark));
        Append(line, "ct state", States(match.ConnectionState));
        Append(line, "ct direction", match.IsReply ? "reply" : null);
        Append(line, "ct status", match.IsTranslated ? "dnat" : null);
        return line.Append("counter ").Append(Statement(action)).Append(" comment \"").Append(comment).Append('"').ToString();
    }

    private static string Statement(RuleAction action) => action.Verb switch
    {
        RuleVerb.Return => "return",
        RuleVerb.Accept => "accept",
        RuleVerb.Drop => "drop",

        // Of the family's port unreachable, which nft takes for granted and does not print.
        RuleVerb.Refuse => "reject",
        RuleVerb.Jump => $"jump {action.Chain.NftablesName()}",
        RuleVerb.Goto => $"goto {action.Chain.NftablesName()}",
        RuleVerb.Redirect => string.Create(CultureInfo.InvariantCulture, $"redirect to :{action.Port}"),
        RuleVerb.Tproxy => string.Create(
            CultureInfo.InvariantCulture, $"meta mark set {Mark(action.Number)} tproxy to :{action.Port} accept"),
        RuleVerb.SetMark => $"meta mark set {Mark(action.Number)}",
        RuleVerb.SaveMark => "ct mark set meta mark",
        RuleVerb.RestoreMark => "meta mark set ct mark",
        RuleVerb.ConntrackZone => string.Create(CultureInfo.InvariantCulture, $"ct zone set {action.Number}"),
        _ => throw new ArgumentOutOfRangeException(nameof(action), action.Verb, null),
    };

    private static void AppendProtocol(StringBuilder line, RuleMatch match)
    {
        if (match.Protocol is not { } protocol)
        {
            return;
        }

        var name = protocol == RuleProtocol.Tcp ? "tcp" : "udp";
        if (match.SourcePorts is null && match.DestinationPorts is null)
        {
            Append(line, "meta l4proto", name);
            return;
        }

        Append(line, $"{name} sport", match.SourcePorts?.ToString());
        Append(line, $"{name} dport", match.DestinationPorts?.ToString());
    }

    private static void AppendCidr(StringBuilder line, string field, Cidr? cidr)
    {
        if (cidr is { } range)
        {
            var isHost = range.PrefixLength == range.Network.Width;
            Append(line, range.IsIPv6 ? $"ip6 {field}" : $"ip {field}", isHost ? range.Network.ToString() : range.ToString());
        }
    }

    private static void Append(StringBuilder line, string field, string? value)
    {
        if (value is not null)
        {
            line.Append(field).Append(' ').Append(value).Append(' ');
        }
    }

    private static string? Quote(string? name) => name is null ? null : $"\"{name}\"";

    private static string? Mark(uint? mark) =>
        mark is { } number ? string.Create(CultureInfo.InvariantCulture, $"0x{number:x8}") : null;

    // In the order of the kernel's bits, as nft prints a set of states.
    private static string? States(ConnectionState states)
    {
        (ConnectionState State, string Name)[] names =
        [
            (ConnectionState.Invalid, "invalid"), (ConnectionState.Established, "established"),
            (ConnectionState.Related, "related"), (ConnectionState.New, "new"),
        ];
        return states == ConnectionState.None
            ? null
            : string.Join(',', names.Where(entry => states.HasFlag(entry.State)).Select(entry => entry.Name));
    }
}
