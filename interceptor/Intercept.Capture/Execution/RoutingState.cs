using System.Globalization;
using Intercept.Capture.Planning;

namespace Intercept.Capture.Execution;

/// <summary>The ip rules, routes and loopback addresses that the rules rely on, as they are now.</summary>
internal sealed class RoutingState
{
    private readonly List<(bool IPv6, string Line)> _rules = [];
    private readonly List<(bool IPv6, string Table, string Line)> _routes = [];
    private readonly List<string> _addresses = [];
    private readonly List<string> _ranges = [];

    private RoutingState()
    {
    }

    public static async Task<RoutingState> ReadAsync(ToolRunner runner, bool ipv6, CancellationToken cancellation)
    {
        var state = new RoutingState();
        var listings = AddressFamilies.Present(ipv6).Select(family => (family, Text: ListAsync(runner, family, cancellation))).ToList();
        foreach (var (family, text) in listings)
        {
            var lines = Lines(await text).ToList();
            state._rules.AddRange(lines.Where(line => line.Contains(" lookup ", StringComparison.Ordinal)).Select(line => (family, line)));
            state._routes.AddRange(lines.Where(IsLocalDefault).Select(line => (family, Word(line, "table"), line)));
            state._ranges.AddRange(lines.Where(line => family && IsLocalRange(line)));
            state._addresses.AddRange(lines.Where(line => line.StartsWith("inet6 ", StringComparison.Ordinal)));
        }

        return state;
    }

    /// <summary>The ip commands that add what the plan has and the kernel has not. Routes come before the rules that use them.</summary>
    public IReadOnlyList<string[]> Additions(RoutingPlan plan)
    {
        var commands = new List<string[]>();
        foreach (var route in plan.MarkRoutes)
        {
            var table = RoutingCommands.Text(route.Table);
            if (!_routes.Exists(there => there.IPv6 == route.IPv6 && there.Table == table))
            {
                commands.Add(RoutingCommands.AddRoute(route));
            }

            if (!_rules.Exists(there => there.IPv6 == route.IPv6 && IsMarkRule(there.Line, route.Mark, table)))
            {
                commands.Add(RoutingCommands.AddRule(route));
            }
        }

        foreach (var address in plan.LoopbackAddresses)
        {
            if (!_addresses.Exists(there => Word(there, "inet6") == address.ToString()))
            {
                commands.Add(RoutingCommands.AddAddress(address.ToString()));
            }
        }

        commands.AddRange(plan.LocalRanges.Select(range => range.ToString())
            .Where(range => !_ranges.Exists(there => Word(there, "local") == range))
            .Select(RoutingCommands.AddLocal));
        return commands;
    }

    /// <summary>The ip commands that remove what is ours and not in the plan; all of ours without a plan.</summary>
    public IReadOnlyList<string[]> Removals(RoutingPlan? plan)
    {
        var commands = new List<string[]>();
        var keep = plan?.MarkRoutes ?? [];
        foreach (var (ipv6, line) in _rules.Where(rule => IsOurs(rule.Line)))
        {
            var table = Word(line, "lookup");
            if (!keep.Any(route => route.IPv6 == ipv6 && RoutingCommands.Text(route.Table) == table && IsMarkRule(line, route.Mark, table)))
            {
                commands.Add([RoutingCommands.Flag(ipv6), "rule", "del", "fwmark", Word(line, "fwmark"), "lookup", table, "protocol", RoutingCommands.Protocol]);
            }
        }

        foreach (var (ipv6, table, line) in _routes.Where(route => IsOurs(route.Line)))
        {
            if (!keep.Any(route => route.IPv6 == ipv6 && RoutingCommands.Text(route.Table) == table))
            {
                commands.Add([RoutingCommands.Flag(ipv6), "route", "del", "local", "default", "dev", "lo", "table", table, "proto", RoutingCommands.Protocol]);
            }
        }

        foreach (var range in _ranges.Where(IsOurs).Select(line => Word(line, "local")))
        {
            if (!(plan?.LocalRanges ?? []).Any(wanted => wanted.ToString() == range))
            {
                commands.Add(["-6", "route", "del", "local", range, "dev", "lo", "proto", RoutingCommands.Protocol]);
            }
        }

        foreach (var line in _addresses.Where(RoutingCommands.IsOurAddress))
        {
            var address = Word(line, "inet6");
            if (!(plan?.LoopbackAddresses ?? []).Any(wanted => wanted.ToString() == address))
            {
                commands.Add(["-6", "addr", "del", address, "dev", "lo"]);
            }
        }

        return commands;
    }

    // One process for a family: starting one takes longer than everything that it does.
    private static Task<string> ListAsync(ToolRunner runner, bool ipv6, CancellationToken cancellation) => runner.MustAsync(
        "ip",
        [RoutingCommands.Flag(ipv6), "-batch", "-"],
        $"rule show\nroute show table all\n{(ipv6 ? "addr show dev lo\n" : "")}",
        cancellation);

    private static bool IsOurs(string line) => Word(line, "proto") == RoutingCommands.Protocol;

    private static bool IsLocalDefault(string line) =>
        line.StartsWith("local default ", StringComparison.Ordinal) && Word(line, "dev") == "lo";

    // One address needs no route of its own: it is on an interface.
    private static bool IsLocalRange(string line) =>
        line.StartsWith("local ", StringComparison.Ordinal) && !IsLocalDefault(line) && Word(line, "dev") == "lo" && Word(line, "local").Contains('/', StringComparison.Ordinal);

    private static bool IsMarkRule(string line, uint mark, string table) =>
        line.Contains("from all fwmark ", StringComparison.Ordinal) && Word(line, "lookup") == table && Number(Word(line, "fwmark")) == mark;

    private static uint? Number(string text) =>
        text.StartsWith("0x", StringComparison.Ordinal)
        && uint.TryParse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string Word(string line, string after)
    {
        var words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        var at = Array.IndexOf(words, after);
        return at >= 0 && at + 1 < words.Length ? words[at + 1] : "";
    }

    private static IEnumerable<string> Lines(string text) =>
        text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0);
}
