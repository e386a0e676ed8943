using System.Globalization;
using Intercept.Capture.Ebpf.Places;
using Intercept.Capture.Execution;
using Intercept.Capture.Verification;
using Intercept.Core;

namespace Intercept.Capture.Ebpf.Probing;

/// <summary>
/// What a child of the probe does. It says `cookie N` of its network namespace, and then does what it is told on standard input:
/// <code>
/// listen WHERE PORTS    on loopback or everywhere; answers `ready PORTS FAMILIES`: those it took
/// connect N             N targets follow, one a line; answers a line for each
/// </code>
/// It makes no socket that stays before it is told to: a socket belongs to the cgroup in which it is made.
/// </summary>
internal static class ScratchChild
{
    public const string OnLoopback = "loopback";
    public const string Everywhere = "everywhere";
    public const string IPv4Alone = "ipv4";
    public const string Both = "ipv4,ipv6";

    public static async Task<int> RunAsync(string token, TextReader input, TextWriter output)
    {
        using var stop = new CancellationTokenSource();
        using var listeners = new ListenProbe();
        await SayAsync(output, $"cookie {Cookie()}");
        var serving = Task.CompletedTask;
        while (await input.ReadLineAsync() is { } line)
        {
            switch (line.Split(' '))
            {
                case ["listen", var where, var ports]:
                    var taken = listeners.Listen(ProbeCommand.Ports(ports), transparent: false, onLoopback: where == OnLoopback);
                    serving = listeners.ServeAsync(stop.Token);
                    await SayAsync(output, $"{ProbeCommand.Ready} {ProbeCommand.Ports(taken)} {(ListenProbe.HasIPv6Loopback ? Both : IPv4Alone)}");
                    break;
                case ["connect", var count]:
                    await ConnectAsync(token, int.Parse(count, CultureInfo.InvariantCulture), input, output, stop.Token);
                    break;
                default:
                    return ExitCode.Usage;
            }
        }

        await stop.CancelAsync();
        await serving;
        return ExitCode.Success;
    }

    private static async Task ConnectAsync(string token, int count, TextReader input, TextWriter output, CancellationToken cancellation)
    {
        var targets = new List<ProbeTarget>();
        while (targets.Count < count && await input.ReadLineAsync(cancellation) is { } line)
        {
            targets.Add(ProbeTarget.Parse(line));
        }

        foreach (var answer in await new ConnectProbe(token, [], "/proc/net").RunAsync(targets, cancellation))
        {
            await SayAsync(output, answer.ToString());
        }
    }

    // "-" in a kernel that does not number its namespaces.
    private static string Cookie()
    {
        try
        {
            return NetworkNamespace.OwnCookie().ToString(CultureInfo.InvariantCulture);
        }
        catch (CaptureException)
        {
            return "-";
        }
    }

    private static async Task SayAsync(TextWriter output, string line)
    {
        await output.WriteLineAsync(line);
        await output.FlushAsync();
    }
}
