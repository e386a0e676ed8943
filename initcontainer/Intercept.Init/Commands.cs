using System.Runtime.InteropServices;
using CliWrap;
using Intercept.Capture.Configuration;
using Intercept.Capture.Execution;
using Intercept.Capture.Planning;
using Intercept.Capture.Reporting;
using Intercept.Capture.Verification;
using Intercept.Core;

namespace Intercept.Init;

/// <summary>The commands that work on a plan.</summary>
internal sealed class Commands(CommandRequest request, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment,
    SelfCommand self, TextWriter output, Action<string> progress, TimeProvider time)
{
    public const string Install = "install";
    public const string Uninstall = "uninstall";
    public const string Plan = "plan";
    public const string Verify = "verify";
    public const string Explain = "explain";
    public const string Watch = "watch";
    public const string Compile = "compile";
    public const string Status = "status";
    public const string Events = "events";

    private readonly CaptureOptions _options = request.Options!;

    public static IReadOnlyList<string> Names { get; } = [Install, Uninstall, Plan, Verify, Explain, Watch, Status, Events, Compile, "completion", "help", "version"];

    private bool IsInside => request.Command is Verify or Watch && request.Switch(CommandOptions.Inside);

    public static bool IsKnown(string command) => Names.TakeWhile(name => name != "completion").Contains(command);

    public async Task<int> RunAsync(string command)
    {
        using var stop = new CancellationTokenSource();
        return command switch
        {
            Install => await InstallAsync(stop.Token),
            Uninstall => await UninstallAsync(stop.Token),
            Plan => await PlanText.WriteAsync(CapturePlan.Create(_options.Configuration), request.Text(CommandOptions.Output), output),
            Explain => await ExplainCommand.RunAsync(request, CapturePlan.Create(_options.Configuration), output, progress),
            Status => await StatusText.RunAsync(
                await CaptureStatus.ReadAsync(Settings(), self, progress, time, stop.Token), request.Text(CommandOptions.Output), output),
            Events => await UntilStoppedAsync(stop, () => EventsCommand.RunAsync(
                _options.Install.Ebpf.Bpffs, request.Text(CommandOptions.Output), output, time, stop.Token)),
            Verify => await VerifyAsync(request.Text(CommandOptions.Output), stop.Token),
            Compile => await CompileCommand.RunAsync(request, environment.GetValueOrDefault("PATH"), output, stop.Token),
            _ => await WatchAsync(stop),
        };
    }

    private async Task<int> InstallAsync(CancellationToken cancellation)
    {
        if (_options.Install.CleanupOnly)
        {
            return await UninstallAsync(cancellation);
        }

        var plan = CapturePlan.Create(_options.Configuration);
        if (_options.Install.DryRun)
        {
            return await DryRunAsync(plan);
        }

        if (!_options.Install.SkipRuleApply)
        {
            await Installer().InstallAsync(plan, cancellation);
        }

        return _options.Install.RunValidation ? await VerifyAsync("text", cancellation) : ExitCode.Success;
    }

    private async Task<int> DryRunAsync(CapturePlan plan)
    {
        progress("dry run: nothing is read from or written to the kernel");
        var form = _options.Install.Backend == BackendChoice.Nftables ? "nftables" : "iptables";
        if (_options.Install.DryRunFile is not { } path)
        {
            return await PlanText.WriteAsync(plan, form, output);
        }

        try
        {
            var file = new StreamWriter(path);
            await using (file)
            {
                return await PlanText.WriteAsync(plan, form, file);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CaptureException($"cannot write {path}: {failure.Message}");
        }
    }

    private async Task<int> UninstallAsync(CancellationToken cancellation)
    {
        if (_options.Install.DryRun)
        {
            progress("dry run: would remove every INTERCEPT_ chain, every intercept_ table, and the routing that belongs to them");
            return ExitCode.Success;
        }

        await Installer().UninstallAsync(cancellation);
        return ExitCode.Success;
    }

    private async Task<int> VerifyAsync(string form, CancellationToken cancellation)
    {
        if (_options.Install.NetworkNamespace is { } path && !IsInside)
        {
            return await RunInsideAsync(path, Verify, cancellation);
        }

        var results = await Verifier().RunAsync(cancellation);
        await VerificationText.WriteAsync(results, form, output);
        return results.Any(result => result.Status == VerificationStatus.Failed) ? ExitCode.CaptureNotInEffect : ExitCode.Success;
    }

    private async Task<int> WatchAsync(CancellationTokenSource stop)
    {
        if (_options.Install.NetworkNamespace is { } path && !IsInside)
        {
            return await RunInsideAsync(path, Watch, stop.Token);
        }

        var watch = new CaptureWatch(CapturePlan.Create(_options.Configuration), Installer(), Verifier(), output, time);
        return await UntilStoppedAsync(stop, () => watch.RunAsync(request, progress, stop.Token));
    }

    private static async Task<int> UntilStoppedAsync(CancellationTokenSource stop, Func<Task<int>> work)
    {
        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }

        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        return await work();
    }

    // Sockets belong to the namespace of the process that makes them, so the whole command moves there, as a child.
    private async Task<int> RunInsideAsync(string path, string command, CancellationToken cancellation)
    {
        List<string> line = [$"--net={path}", "--", self.Path, .. self.Prefix, command, $"--{CommandOptions.Inside}"];
        line.AddRange(arguments);
        var result = await Cli.Wrap("nsenter").WithArguments(line).WithValidation(CommandResultValidation.None)
            .WithStandardOutputPipe(PipeTarget.ToDelegate(output.WriteLine))
            .WithStandardErrorPipe(PipeTarget.ToDelegate(Console.Error.WriteLine))
            .ExecuteAsync(cancellation);
        return result.ExitCode;
    }

    private CaptureInstaller Installer() => new(Settings(), self, progress, time);

    private CaptureVerifier Verifier() => new(CapturePlan.Create(_options.Configuration), Settings(),
        new ProbeSettings(self, _options.Install.ProbePort, _options.Install.ProbeTimeout), progress, time);

    private ApplySettings Settings()
    {
        var settings = new ApplySettings
        {
            Backend = new BackendRequest(_options.Install.Backend, _options.Install.IptablesVariant),
            StateDirectory = _options.Install.StateDirectory,
            Ebpf = _options.Install.Ebpf,
            NetworkNamespace = IsInside ? null : _options.Install.NetworkNamespace,
            SearchPath = environment.GetValueOrDefault("PATH"),
            LockTimeout = _options.Install.LockTimeout,
            CloseWaitTimeout = _options.Install.CloseWaitTimeout,
            ForceApply = _options.Install.ForceApply,
        };
        return environment.TryGetValue("XTABLES_LOCKFILE", out var lockFile) && lockFile.Length > 0
            ? settings with { XtablesLockFile = lockFile }
            : settings;
    }
}
