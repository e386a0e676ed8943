using System.Runtime.InteropServices;
using Intercept.Capture.Verification;
using Intercept.Core;
using Intercept.Linux;
using Intercept.Node.Agent;
using Intercept.Node.Pods;
using Intercept.Node.Serving;
using Intercept.Runtime.Loops;

namespace Intercept.Node.Commands;

/// <summary>The agent: everything that goes on at the same time, until it is told to end. What it has put in place stays then.</summary>
internal sealed class RunCommand(AgentOptions options, SelfCommand self, TextWriter error, TimeProvider time)
{
    private static readonly TimeSpan _settled = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _quiet = TimeSpan.FromMinutes(5);

    private readonly AgentLog _log = new(error, options.IsJsonLog, time);

    public async Task<int> RunAsync()
    {
        using var stop = new CancellationTokenSource();
        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }

        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        var pods = new PodStore();
        using var cluster = options.NodeName is not null ? ApiServer.InCluster(options.Environment) : null;
        IPodSource source = cluster is not null
            ? new KubernetesPods(cluster, options.NodeName!, _log, time)
            : new ManifestPods(options.Manifests!, _log, time);
        var installer = new PodInstaller(options, self, _log, time);
        var repairer = new Repairer(options, pods, new PodNamespaces(options.Root), installer, _log, time);
        var keeper = options.Install is { } install ? new Keeper(install, _log, time) : null;
        var reading = new AgentReading(pods, source.Name, repairer, keeper, time.GetUtcNow());
        using var loop = new EventLoop("serve", failure => _log.Error($"a defect: {failure}"), time);
        using var server = AgentServer.TryStart(loop, options, new AgentPages(options, pods, reading, repairer.Attached, _log), _log, time);
        if (server is null)
        {
            return ExitCode.Failed;
        }

        _log.Info($"intercept-node {NodeProgram.Version} answers on {options.Socket} and {server.Address}, and knows pods from {source.Name}");
        List<Task> work = [source.RunAsync(pods, stop.Token), repairer.RunAsync(stop.Token), SettleAsync(stop.Token)];
        if (keeper is not null)
        {
            work.Add(keeper.RunAsync(stop.Token));
        }

        // None of them ends by itself: the first to end was told to, or has met a defect, which must not go on half.
        var first = await Task.WhenAny(work);
        await stop.CancelAsync();
        try
        {
            await Task.WhenAll(work);
        }
        catch (OperationCanceledException) when (first.IsCanceled)
        {
            _log.Info("told to end: pods stay as they are");
        }

        return ExitCode.Success;
    }

    // What only the start needed is given back, and what only a burst of pods did.
    private async Task SettleAsync(CancellationToken cancellation)
    {
        for (var pause = _settled; ; pause = _quiet)
        {
            await Task.Delay(pause, time, cancellation);
            GC.Collect();
            ResidentMemory.ReleaseUnused();
        }
    }
}
