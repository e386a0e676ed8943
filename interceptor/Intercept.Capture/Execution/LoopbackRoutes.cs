using System.Globalization;
using Intercept.Capture.Planning;
using Intercept.Core.Addressing;

namespace Intercept.Capture.Execution;

/// <summary>
/// The kernel routes to a new IPv6 address from a work queue, some time after it has said that the address is there. A connection
/// from the address that comes first loses its answer, and waits a second for the next.
/// </summary>
internal static class LoopbackRoutes
{
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(2);

    public static async Task WaitForAsync(RoutingPlan plan, IReadOnlyList<string[]> added, ToolRunner runner, TimeProvider time,
        CancellationToken cancellation)
    {
        var addresses = plan.LoopbackAddresses.Where(address => added.Any(command => command.Contains(address.ToString()))).ToList();
        var started = time.GetTimestamp();
        foreach (var address in addresses)
        {
            while (!await IsRoutedAsync(address.Network, runner, cancellation) && time.GetElapsedTime(started) < _limit)
            {
                await Task.Delay(_interval, time, cancellation);
            }
        }
    }

    private static async Task<bool> IsRoutedAsync(NetAddress address, ToolRunner runner, CancellationToken cancellation)
    {
        if (runner.NetworkNamespace is not null)
        {
            return (await runner.RunAsync("ip", ["-6", "route", "show", "table", "local", address.ToString()], cancellation: cancellation)).Output.Length > 0;
        }

        return IsLocal(address, await File.ReadAllLinesAsync("/proc/net/ipv6_route", cancellation));
    }

    // "00000000000000000000000000000006 80 ... 80200001       lo": destination and prefix length in hexadecimal, and the flags before the
    // interface. The route of the prefix is listed too, and it is there at once.
    internal static bool IsLocal(NetAddress address, IEnumerable<string> routes)
    {
        const uint RtfLocal = 0x80000000;
        var start = $"{Convert.ToHexStringLower(address.ToIPAddress().GetAddressBytes())} 80 ";
        return routes
            .Where(line => line.StartsWith(start, StringComparison.Ordinal))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Any(fields => uint.TryParse(fields[^2], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var flags) && (flags & RtfLocal) != 0);
    }
}
