using Intercept.Capture.Execution;
using Intercept.Capture.Verification;
using Intercept.Cni.Configuration;
using Intercept.Cni.Deciding;
using Intercept.Cni.Logging;
using Intercept.Cni.Protocol;
using Intercept.Cni.Verbs;
using Intercept.Core;
using Intercept.Core.Problems;

namespace Intercept.Cni;

/// <summary>One call of a runtime: everything it depends on comes in here, so that a test can stand in for the process.</summary>
internal sealed class CniProgram(
    IReadOnlyDictionary<string, string> environment, SelfCommand self, Stream input, TextWriter output, TextWriter error, TimeProvider time)
{
    // Until the configuration is read, nothing says how long a verb may take.
    private static readonly TimeSpan _inputLimit = TimeSpan.FromSeconds(10);

    public async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        if (arguments is [ProbeCommand.Name, ..])
        {
            using var lines = new StreamReader(input);
            return await ProbeCommand.RunAsync([.. arguments.Skip(1)], self, lines, output, error);
        }

        if (arguments is ["--version"] or ["version"])
        {
            await output.WriteLineAsync($"intercept-cni {PluginCall.Version}, CNI {string.Join(", ", CniVersion.Supported)}");
            return ExitCode.Success;
        }

        if (arguments is ["--help"] or ["-h"] or ["help"])
        {
            await output.WriteAsync(HelpText.Text);
            return ExitCode.Success;
        }

        var verb = environment.GetValueOrDefault("CNI_COMMAND") ?? "";
        if (arguments.Count > 0 || !CniVerb.All.Contains(verb))
        {
            return await RefuseCallAsync(verb, arguments);
        }

        return await CallAsync(verb);
    }

    private async Task<int> RefuseCallAsync(string verb, IReadOnlyList<string> arguments)
    {
        // What a person sees who runs it by hand; a runtime reads standard output.
        await error.WriteAsync(HelpText.Text);
        var why = arguments.Count > 0 ? $"command line: '{arguments[0]}' is not a flag of a CNI plugin"
            : verb.Length == 0 ? "environment: CNI_COMMAND is missing" : $"environment: CNI_COMMAND '{verb}' is not a verb";
        await output.WriteLineAsync(CniOutput.Error(
            CniVersion.Newest, new CniException(CniErrorCode.BadEnvironment, $"{why}; allowed: {string.Join(", ", CniVerb.All)}")));
        return ExitCode.Usage;
    }

    private async Task<int> CallAsync(string verb)
    {
        var log = new PluginLog(verb, error, time);
        var version = CniVersion.Newest;
        AgentClient? agent = null;
        var code = ExitCode.Success;
        var started = time.GetTimestamp();
        try
        {
            using var inputLimit = new CancellationTokenSource(_inputLimit, time);
            var document = await CniInput.ReadAsync(input, mayBeEmpty: CniVerb.Removes(verb), inputLimit.Token);
            var problems = new List<Problem>();
            var configuration = NetworkConfiguration.Read(document, problems);
            version = configuration.Version;
            if (verb == CniVerb.Version)
            {
                await output.WriteLineAsync(CniOutput.Versions(version));
                return ExitCode.Success;
            }

            log.File = configuration.Settings.LogPath;
            agent = configuration.Settings.AgentSocket is { } socket ? new AgentClient(socket) : null;
            var caller = ReadEnvironment(verb, configuration, problems, log);
            var left = configuration.Settings.Timeout - time.GetElapsedTime(started);
            using var limit = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1), time);
            var call = new PluginCall(caller, configuration, self, environment.GetValueOrDefault("PATH"), log, time, limit.Token);
            if (await RunAsync(verb, call) is { } result)
            {
                await output.WriteLineAsync(result);
            }
        }
        catch (CniException failure)
        {
            log.Error(failure.Message);
            await output.WriteLineAsync(CniOutput.Error(version, failure));
            code = ExitCode.Failed;
        }

        if (agent is not null)
        {
            await log.SendAsync(agent);
        }

        return code;
    }

    private CniEnvironment ReadEnvironment(string verb, NetworkConfiguration configuration, List<Problem> problems, PluginLog log)
    {
        var ofConfiguration = problems.Count;
        var caller = CniEnvironment.Read(verb, environment, problems);
        log.Container = caller.ContainerId;
        log.Pod = caller.Pod.Name.Length == 0 ? "" : caller.Pod.ToString();
        var ofEnvironment = problems.Count - ofConfiguration;
        if (CniVerb.Removes(verb))
        {
            // What is wrong with the rest does not keep anything from being removed; without its name nothing is found.
            foreach (var problem in problems.Take(ofConfiguration))
            {
                log.Warning(problem.ToString());
            }

            problems.RemoveRange(0, ofConfiguration);
        }

        if (problems.Count > 0)
        {
            throw new CniException(
                ofEnvironment > 0 ? CniErrorCode.BadEnvironment : CniErrorCode.BadConfiguration,
                problems.Count == 1 ? problems[0].ToString() : $"{problems.Count} problems: {problems[^1]}", problems.Select(problem => problem.ToString()));
        }

        if (!CniVerb.Removes(verb) && (!configuration.IsVersionSupported || CniVersion.IsBefore(configuration.Version, CniVersion.FirstWith(verb))))
        {
            throw new CniException(
                CniErrorCode.IncompatibleVersion,
                $"network configuration: cniVersion is missing or has no {verb}; allowed: {string.Join(", ", CniVersion.Supported.Where(known => !CniVersion.IsBefore(known, CniVersion.FirstWith(verb))))}");
        }

        return caller;
    }

    private static async Task<string?> RunAsync(string verb, PluginCall call)
    {
        try
        {
            switch (verb)
            {
                case CniVerb.Add:
                    return await AddVerb.RunAsync(call);
                case CniVerb.Delete:
                    await DeleteVerb.RunAsync(call);
                    break;
                case CniVerb.Check:
                    await CheckVerb.RunAsync(call);
                    break;
                case CniVerb.Status:
                    await StatusVerb.RunAsync(call);
                    break;
                default:
                    await GarbageCollectionVerb.RunAsync(call);
                    break;
            }

            return null;
        }
        catch (CaptureException failure)
        {
            throw new CniException(CniErrorCode.CaptureFailed, failure.Message.Split('\n')[0], failure.Message);
        }
        catch (OperationCanceledException stopped)
        {
            throw new CniException(
                CniErrorCode.TryAgainLater,
                $"{verb} was not done in {call.Settings.Timeout.TotalSeconds:0.#}s (timeout_seconds); it was waiting for {(stopped is ToolStoppedException tool ? tool.Message : "another run")}");
        }
    }
}
