using System.Globalization;
using System.Text;
using CliWrap;
using Intercept.Capture.Execution;

namespace Intercept.Capture.Verification;

/// <summary>Starts the children of a verification and reads what they say.</summary>
internal sealed class ProbeChildren(SelfCommand self, string token, TimeSpan timeout)
{
    // A child ends by itself a little after the verification must have ended.
    private static readonly TimeSpan _grace = TimeSpan.FromSeconds(5);

    /// <summary>Connects to every target as one identity.</summary>
    /// <returns>One answer per target, or what kept the child from connecting.</returns>
    public async Task<(IReadOnlyList<ProbeAnswer> Answers, string? Failure)> ConnectAsync(Identity identity,
        IReadOnlyList<ProbeTarget> targets, IEnumerable<ushort> ports, CancellationToken cancellation)
    {
        var arguments = self.Arguments(ProbeCommand.Name, ProbeCommand.ConnectRole, ProbeCommand.Id(identity.Uid),
            ProbeCommand.Id(identity.Gid), token, ProbeCommand.Ports(ports));
        return await RunAsync(Cli.Wrap(self.Path).WithArguments(arguments), targets, cancellation);
    }

    /// <summary>Stands on the free ones of these ports until the token is cancelled.</summary>
    /// <returns>The running child, and the ports that it took.</returns>
    public async Task<(Task Running, HashSet<ushort> Ports, bool TookDatagrams)> ListenAsync(Identity identity, bool transparent,
        IEnumerable<ushort> ports, ushort? datagramPort, CancellationToken cancellation)
    {
        var ready = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var error = new StringBuilder();
        var arguments = self.Arguments(ProbeCommand.Name, ProbeCommand.ListenRole, ProbeCommand.Id(identity.Uid), ProbeCommand.Id(identity.Gid),
            Milliseconds(timeout * 3 + _grace), transparent ? "transparent" : "plain", ProbeCommand.Ports(ports), ProbeCommand.Id(datagramPort));
        var running = Cli.Wrap(self.Path).WithArguments(arguments).WithValidation(CommandResultValidation.None)
            .WithStandardOutputPipe(PipeTarget.ToDelegate(line => ready.TrySetResult(line)))
            .WithStandardErrorPipe(PipeTarget.ToStringBuilder(error))
            .ExecuteAsync(cancellation).Task;
        if (await Task.WhenAny(ready.Task, running) == running)
        {
            throw new CaptureException($"verify cannot listen as the proxy: {error.ToString().Trim()}");
        }

        var fields = (await ready.Task).Split(' ');
        var taken = fields[1].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(port => ushort.Parse(port, CultureInfo.InvariantCulture));
        return (running, taken.ToHashSet(), fields[2] != "-");
    }

    /// <summary>Connects from a network namespace of its own over a link that exists for this one purpose.</summary>
    public async Task<(IReadOnlyList<ProbeAnswer> Answers, string? Failure)> ConnectFromPeerAsync(IReadOnlyList<ProbeTarget> targets,
        IEnumerable<ushort> ports, ToolRunner runner, string? searchPath, CancellationToken cancellation)
    {
        const string here = VerificationFlows.PeerInterface;
        const string there = "icept-verify1";
        if (!runner.Exists("unshare"))
        {
            return ([], ToolRunner.Missing("unshare"));
        }

        var arguments = self.Arguments(ProbeCommand.Name, ProbeCommand.PeerRole, there, ProbeCommand.Id((uint)Environment.ProcessId), token, ProbeCommand.Ports(ports));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var input = string.Concat(targets.Select(target => $"{target}\n"));
        var output = new StringBuilder();
        var error = new StringBuilder();
        var child = Cli.Wrap("unshare").WithArguments(["--net", "--", self.Path, .. arguments]).WithValidation(CommandResultValidation.None)
            .WithStandardInputPipe(PipeSource.FromString(input))
            .WithStandardOutputPipe(PipeTarget.ToStringBuilder(output))
            .WithStandardErrorPipe(PipeTarget.ToStringBuilder(error))
            .ExecuteAsync(stop.Token);
        var linked = false;
        try
        {
            if (!await HasOwnNamespaceAsync(child.ProcessId, child.Task, cancellation))
            {
                return ([], $"a peer namespace needs CAP_SYS_ADMIN: {error.ToString().Trim()}");
            }

            var pid = child.ProcessId.ToString(CultureInfo.InvariantCulture);
            await runner.MustAsync("ip", ["link", "add", here, "type", "veth", "peer", "name", there, "netns", pid], cancellation: cancellation);
            linked = true;
            await BringUpAsync(here, there, new ToolRunner(searchPath, $"/proc/{pid}/ns/net"), runner, cancellation);
            await child.Task;
            return (Parse(output.ToString(), targets.Count), error.Length == 0 ? null : error.ToString().Trim());
        }
        catch (CaptureException failure)
        {
            await stop.CancelAsync();
            await Quietly(child.Task);
            return ([], failure.Message);
        }
        finally
        {
            // It would go with the child's namespace, but some time later. Another verification's is not ours to remove.
            if (linked)
            {
                await runner.RunAsync("ip", ["link", "del", here], cancellation: CancellationToken.None);
            }
        }
    }

    private static async Task BringUpAsync(string here, string there, ToolRunner inPeer, ToolRunner runner, CancellationToken cancellation)
    {
        foreach (var ipv6 in AddressFamilies.Present(File.Exists("/proc/net/if_inet6")))
        {
            var prefix = ipv6 ? 64 : 30;
            string[] options = ipv6 ? ["nodad"] : [];
            await runner.MustAsync("ip", ["addr", "add", $"{VerificationFlows.PeerSideAddress(ipv6)}/{prefix}", "dev", here, .. options], cancellation: cancellation);
            await inPeer.MustAsync("ip", ["addr", "add", $"{VerificationFlows.PeerAddress(ipv6)}/{prefix}", "dev", there, .. options], cancellation: cancellation);
        }

        await runner.MustAsync("ip", ["link", "set", here, "up"], cancellation: cancellation);
        await inPeer.MustAsync("ip", ["link", "set", there, "up"], cancellation: cancellation);
    }

    private static async Task<bool> HasOwnNamespaceAsync(int processId, Task running, CancellationToken cancellation)
    {
        var own = File.ResolveLinkTarget("/proc/self/ns/net", returnFinalTarget: false)?.Name;
        var path = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/ns/net");
        while (!running.IsCompleted)
        {
            try
            {
                if (File.ResolveLinkTarget(path, returnFinalTarget: false)?.Name is { } name && name != own)
                {
                    return true;
                }
            }
            catch (IOException)
            {
                // It has ended, for want of the right to have one; what it said tells why.
                return false;
            }

            await Task.Delay(5, cancellation);
        }

        return false;
    }

    private static async Task Quietly(Task running)
    {
        try
        {
            await running;
        }
        catch (OperationCanceledException)
        {
            // It was cancelled here.
        }
    }

    private static async Task<(IReadOnlyList<ProbeAnswer> Answers, string? Failure)> RunAsync(Command command,
        IReadOnlyList<ProbeTarget> targets, CancellationToken cancellation)
    {
        var output = new StringBuilder();
        var error = new StringBuilder();
        await command.WithValidation(CommandResultValidation.None)
            .WithStandardInputPipe(PipeSource.FromString(string.Concat(targets.Select(target => $"{target}\n"))))
            .WithStandardOutputPipe(PipeTarget.ToStringBuilder(output))
            .WithStandardErrorPipe(PipeTarget.ToStringBuilder(error))
            .ExecuteAsync(cancellation);
        return (Parse(output.ToString(), targets.Count), error.Length == 0 ? null : error.ToString().Trim());
    }

    private static List<ProbeAnswer> Parse(string output, int expected)
    {
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines.Length == expected ? lines.Select(ProbeAnswer.Parse).ToList() : [];
    }

    private static string Milliseconds(TimeSpan span) => ((int)span.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
}
