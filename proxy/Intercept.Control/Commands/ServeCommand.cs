using System.Runtime.InteropServices;
using Intercept.Control.Authority;
using Intercept.Control.CommandLine;
using Intercept.Control.Logging;
using Intercept.Control.Manifests;
using Intercept.Control.Serving;
using Intercept.Control.Serving.Endpoints;
using Intercept.Control.Serving.Pushing;
using Intercept.Core;
using Intercept.Core.Problems;
using Intercept.Linux;

namespace Intercept.Control.Commands;

/// <summary>Serves until told to end, and ends in order: proxies are told first, then connections close, then the rest stops.</summary>
internal sealed class ServeCommand(ServeOptions options, IReadOnlyDictionary<string, string> environment, TextWriter error, TimeProvider time)
{
    /// <param name="stop">Ends it, as SIGTERM and SIGINT do.</param>
    public async Task<int> RunAsync(CancellationToken stop)
    {
        using var log = new ControlLog(error, options.LogForm, options.LogLevel, time);
        var problems = new List<Problem>();
        if (options.Addresses.Socket is { } path && SocketFile.Clear(path) is { } problem)
        {
            problems.Add(problem);
        }

        using var input = ManifestInput.TryOpen(options, problems, time, log.CreateLogger("manifests"));
        using var authority = AuthorityParts.TryOpen(options, input?.Kubernetes, problems, time, log.CreateLogger("ca"));
        if (input is null || authority is null || problems.Count > 0)
        {
            return await FailAsync(problems);
        }

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        void End(PosixSignalContext context)
        {
            context.Cancel = true;
            ending.Cancel();
        }

        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        return await ServeAsync(authority, input.Source, log, ending.Token);
    }

    private async Task<int> ServeAsync(MeshAuthority authority, IMeshSource source, ControlLog log, CancellationToken ending)
    {
        using var parts = new ServeParts(options, authority, source, time, log);
        using var stopping = new CancellationTokenSource();
        var server = ControlServer.Create(parts.Server, log, new AuthorityServices(authority, stopping.Token));
        await using (server)
        {
            if (await server.StartAsync(ending) is { } why)
            {
                await error.WriteLineAsync($"{ControlCommandLine.Program}: cannot listen: {why} `ss -lntp` names who does");
                return ExitCode.Failed;
            }

            ServeReports.Serving(parts.Logger, ControlVersion.Text, string.Join(", ", server.Addresses));
            var notification = new ServiceNotification(environment.GetValueOrDefault("NOTIFY_SOCKET"));
            using var work = new CancellationTokenSource();
            var ready = NotifyAsync(parts.Generations, notification, work.Token);
            Task[] running = [source.RunAsync(work.Token), parts.Schedule.RunAsync(work.Token), authority.RunAsync(work.Token)];
            var failure = await UntilAsync(running, ending);

            notification.Stopping();
            ServeReports.Ending(parts.Logger, parts.Proxies.Count);
            parts.Status.Stopping();
            await parts.Proxies.CloseAsync("the control plane ends", options.DrainTime, time);
            await stopping.CancelAsync();
            await server.StopAsync();
            await work.CancelAsync();
            await Task.WhenAll([.. running, ready]).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            if (failure is not null)
            {
                ServeReports.Failed(parts.Logger, failure);
            }

            return failure is null ? ExitCode.Success : ExitCode.Failed;
        }
    }

    /// <returns>Null when it was told to end; else what became of a part that ends only when told.</returns>
    private static async Task<string?> UntilAsync(Task[] running, CancellationToken ending)
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = ending.Register(told.SetResult);
        var first = await Task.WhenAny([told.Task, .. running]);
        return first == told.Task ? null : $"{first.Exception?.GetBaseException()}" is { Length: > 0 } defect ? defect : "a part of it ended by itself";
    }

    private static async Task NotifyAsync(Generations generations, ServiceNotification notification, CancellationToken cancellation)
    {
        await generations.First.WaitAsync(cancellation);
        StartupMemory.GiveBack();
        notification.Ready();
    }

    private async Task<int> FailAsync(List<Problem> problems)
    {
        foreach (var problem in problems)
        {
            await error.WriteLineAsync($"{ControlCommandLine.Program}: {problem}");
        }

        await error.WriteLineAsync($"{ControlCommandLine.Program}: {problems.Count} problem(s); see {ControlCommandLine.Program} serve --help");
        return ExitCode.Usage;
    }
}
