using System.Globalization;
using Intercept.Capture.Planning;

namespace Intercept.Capture.Execution;

/// <summary>
/// The ip commands of a routing plan. Ours carry a mark of their own (a protocol number on rules and routes; on the passthrough
/// address nodad, which has no meaning on lo), so that what somebody else made is never removed.
/// </summary>
public static class RoutingCommands
{
    // Above what iproute2 and routing daemons have assigned in rt_protos.
    internal const string Protocol = "173";

    private const string AddressMark = "nodad";

    public static IEnumerable<string[]> For(RoutingPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return plan.MarkRoutes.SelectMany(route => new[] { AddRoute(route), AddRule(route) })
            .Concat(plan.LoopbackAddresses.Select(address => AddAddress(address.ToString())))
            .Concat(plan.LocalRanges.Select(range => AddLocal(range.ToString())));
    }

    internal static string[] AddRoute(MarkRoute route) =>
        [Flag(route.IPv6), "route", "add", "local", "default", "dev", "lo", "table", Text(route.Table), "proto", Protocol];

    internal static string[] AddRule(MarkRoute route) =>
        [Flag(route.IPv6), "rule", "add", "fwmark", Text(route.Mark), "lookup", Text(route.Table), "protocol", Protocol];

    internal static string[] AddAddress(string address) => ["-6", "addr", "add", address, "dev", "lo", AddressMark];

    internal static string[] AddLocal(string range) => ["-6", "route", "add", "local", range, "dev", "lo", "proto", Protocol];

    /// <summary>Of a line of `ip -6 addr show dev lo`.</summary>
    internal static bool IsOurAddress(string line) =>
        line.Split(' ') is [_, var address, ..] words && address == $"{CapturePlan.PassthroughIPv6}/128" && words.Contains(AddressMark);

    internal static string Flag(bool ipv6) => ipv6 ? "-6" : "-4";

    internal static string Text(uint number) => number.ToString(CultureInfo.InvariantCulture);
}
