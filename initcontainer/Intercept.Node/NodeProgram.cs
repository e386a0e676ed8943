using Intercept.Capture.Execution;
using Intercept.Capture.Verification;
using Intercept.Core;
using Intercept.Node.CommandLine;
using Intercept.Node.Commands;
using Intercept.Node.Installation;

namespace Intercept.Node;

/// <summary>Which command runs. Everything it depends on comes in here, so that a test can stand in for the process.</summary>
internal sealed class NodeProgram(
    IReadOnlyDictionary<string, string> environment, SelfCommand self, TextReader input, TextWriter output, TextWriter error, TimeProvider time)
{
    /// <summary>Of Directory.Build.props.</summary>
    public static string Version { get; } = typeof(NodeProgram).Assembly.GetName().Version?.ToString(3) ?? "unknown";

    public async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        var command = arguments.Count > 0 ? arguments[0] : "";
        IReadOnlyList<string> rest = [.. arguments.Skip(1)];
        if (command == ProbeCommand.Name)
        {
            return await ProbeCommand.RunAsync(rest, self, input, output, error);
        }

        if (command == NodeCommands.Completion)
        {
            return await Completion.WriteAsync(rest, output, error);
        }

        if (command is NodeCommands.Version or "--version")
        {
            await output.WriteLineAsync($"intercept-node {Version}");
            return ExitCode.Success;
        }

        if (command is NodeCommands.Help or "--help" or "-h" || rest.TakeWhile(argument => argument != "--").Any(argument => argument is "--help" or "-h"))
        {
            // `help install` and `install --help` say the same; --help alone is about all commands.
            await output.WriteAsync(HelpText.For(command != NodeCommands.Help ? command : rest.Count > 0 ? rest[0] : ""));
            return ExitCode.Success;
        }

        if (!NodeCommands.WithFlags.Contains(command))
        {
            await error.WriteLineAsync($"intercept-node: '{command}' is not a command; allowed: {string.Join(", ", NodeCommands.All.Select(entry => entry.Name))}");
            return ExitCode.Usage;
        }

        return await RunAsync(new NodeRequest(command, rest, environment));
    }

    private async Task<int> RunAsync(NodeRequest request)
    {
        try
        {
            return request.Command switch
            {
                NodeCommands.Install => await InstallAsync(request),
                NodeCommands.Run => await RunAgentAsync(request),
                NodeCommands.Status => await StatusAsync(request),
                _ => await UninstallAsync(request),
            };
        }
        catch (Exception failure) when (failure is InstallException or CaptureException)
        {
            Progress(failure.Message);
            return ExitCode.Failed;
        }
    }

    private async Task<int> InstallAsync(NodeRequest request)
    {
        var settings = InstallReader.Read(request, Path.GetDirectoryName(self.Path)!);
        var patience = request.Duration(NodeOptions.Wait);
        return Refuses(request) ?? await new InstallCommand(settings, Progress, time).RunAsync(patience, CancellationToken.None);
    }

    private async Task<int> RunAgentAsync(NodeRequest request)
    {
        var options = RunReader.Read(request, Path.GetDirectoryName(self.Path)!, environment);
        return Refuses(request) ?? await new RunCommand(options, self, error, time).RunAsync();
    }

    private async Task<int> StatusAsync(NodeRequest request)
    {
        var socket = $"{HostRoot.At(request.Path(NodeOptions.Root) ?? "").Resolve(InstallReader.State(request))}/{InstallReader.SocketName}";
        var isJson = request.Text(NodeOptions.Output) == "json";
        return Refuses(request) ?? await StatusCommand.RunAsync(socket, isJson, output, Progress, CancellationToken.None);
    }

    private async Task<int> UninstallAsync(NodeRequest request)
    {
        var places = InstallReader.Places(request);
        var keepsPlugin = request.Switch(NodeOptions.KeepPlugin);
        var releasesPods = request.Switch(NodeOptions.ReleasePods);
        var agent = RunReader.ForRemoval(request, environment);
        return Refuses(request) ?? await new UninstallCommand(places, agent, self, Progress, time).RunAsync(keepsPlugin, releasesPods, CancellationToken.None);
    }

    // Null when all of it can be done.
    private int? Refuses(NodeRequest request)
    {
        foreach (var problem in request.Problems)
        {
            Progress($"{problem}");
        }

        if (request.Problems.Count == 0)
        {
            return null;
        }

        Progress($"{request.Problems.Count} problem(s); see intercept-node {request.Command} --help");
        return ExitCode.Usage;
    }

    private void Progress(string line) => error.WriteLine($"intercept-node: {line}");
}
