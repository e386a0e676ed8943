using System.Text;
using CliWrap;
using Intercept.Tests.Unit;

namespace Intercept.Tests.Pods.Containers;

/// <summary>Runs programs to their end.</summary>
internal static class Programs
{
    public static Task<Finished> RunAsync(string program, params IEnumerable<string> arguments) => RunAsync(program, arguments, "");

    public static async Task<Finished> RunAsync(
        string program, IEnumerable<string> arguments, string input, IReadOnlyDictionary<string, string?>? environment = null)
    {
        List<string> line = [.. arguments];
        var command = $"{program} {string.Join(' ', line)}";
        var output = new StringBuilder();
        var error = new StringBuilder();
        using var limit = new CancellationTokenSource(Patience.WithAProgram);
        try
        {
            var result = await Cli.Wrap(program).WithArguments(line).WithWorkingDirectory(Repository.Root).WithValidation(CommandResultValidation.None)
                .WithEnvironmentVariables(environment ?? new Dictionary<string, string?>())
                .WithStandardInputPipe(PipeSource.FromString(input))
                .WithStandardOutputPipe(PipeTarget.ToStringBuilder(output))
                .WithStandardErrorPipe(PipeTarget.ToStringBuilder(error))
                .ExecuteAsync(limit.Token);
            return new Finished(command, result.ExitCode, output.ToString(), error.ToString());
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{command} did not end in {Patience.WithAProgram}:\n{output}{error}");
        }
    }

    public static async Task<string> MustAsync(string program, params IEnumerable<string> arguments) => (await RunAsync(program, arguments)).Must();
}
