using Intercept.Capture.Execution;
using Intercept.Capture.Verification;
using Intercept.Core;

namespace Intercept.Init;

/// <summary>Which command runs. Everything it depends on comes in here, so that a test can stand in for the process.</summary>
internal sealed class InitProgram(
    IReadOnlyDictionary<string, string> environment, SelfCommand self, TextReader input, TextWriter output, TextWriter error, TimeProvider time)
{
    /// <summary>Of Directory.Build.props.</summary>
    public static string Version { get; } = typeof(InitProgram).Assembly.GetName().Version?.ToString(3) ?? "unknown";

    public async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        var (command, rest) = Split(arguments);
        if (command == ProbeCommand.Name)
        {
            return await ProbeCommand.RunAsync(rest, self, input, output, error);
        }

        if (command == "completion")
        {
            return await CompletionCommand.RunAsync(rest, output, error);
        }

        if (command == "version" || rest.Contains("--version"))
        {
            await output.WriteLineAsync($"intercept-init {Version}");
            return ExitCode.Success;
        }

        if (command == "help" || rest.Any(argument => argument is "--help" or "-h"))
        {
            // `help install` and `install --help` say the same; --help alone is about all commands.
            var named = command == "help" ? rest : [.. arguments.Take(1)];
            await output.WriteAsync(HelpText.For(named.Count > 0 ? named[0] : ""));
            return ExitCode.Success;
        }

        if (!Commands.IsKnown(command))
        {
            await error.WriteLineAsync($"intercept-init: '{command}' is not a command; allowed: {string.Join(", ", Commands.Names)}");
            return ExitCode.Usage;
        }

        var request = CommandRequest.Read(command, rest, environment);
        if (request.Options is null)
        {
            foreach (var problem in request.Problems)
            {
                await error.WriteLineAsync($"intercept-init: {problem}");
            }

            await error.WriteLineAsync($"intercept-init: {request.Problems.Length} problem(s); see intercept-init {command} --help");
            return ExitCode.Usage;
        }

        try
        {
            return await new Commands(request, rest, environment, self, output, Progress, time).RunAsync(command);
        }
        catch (CaptureException failure)
        {
            Progress(failure.Message);
            return ExitCode.Failed;
        }
    }

    // istio-init's pod spec says `args: [istio-iptables, -p, ...]`; its environment alone is a complete order too.
    private static (string Command, IReadOnlyList<string> Following) Split(IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0 || arguments[0].StartsWith('-'))
        {
            return (Commands.Install, arguments);
        }

        return (arguments[0] == "istio-iptables" ? Commands.Install : arguments[0], [.. arguments.Skip(1)]);
    }

    private void Progress(string line) => error.WriteLine($"intercept-init: {line}");
}
