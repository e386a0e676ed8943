using System.Text;
using CliWrap;

namespace Intercept.Tests.Netns.Capture.World;

/// <summary>Runs programs to their end. Another namespace is entered by nsenter in the child, never by this process.</summary>
internal static class Programs
{
    public static Task<Finished> RunAsync(string program, params IEnumerable<string> arguments) => RunAsync(program, arguments, "");

    public static async Task<Finished> RunAsync(string program, IEnumerable<string> arguments, string input, Action<int>? started = null)
    {
        var output = new StringBuilder();
        var error = new StringBuilder();
        using var limit = new CancellationTokenSource(Patience.WithAProgram);
        var running = Cli.Wrap(program).WithArguments(arguments).WithValidation(CommandResultValidation.None)
            .WithStandardInputPipe(PipeSource.FromString(input))
            .WithStandardOutputPipe(PipeTarget.ToStringBuilder(output))
            .WithStandardErrorPipe(PipeTarget.ToStringBuilder(error))
            .ExecuteAsync(limit.Token);
        started?.Invoke(running.ProcessId);
        try
        {
            var result = await running;
            return new Finished(result.ExitCode, output.ToString(), error.ToString());
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end in {Patience.WithAProgram}:\n{output}{error}");
        }
    }

    public static async Task<string> MustAsync(string program, params IEnumerable<string> arguments)
    {
        var finished = await RunAsync(program, arguments);
        Assert.True(finished.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {finished.Said}");
        return finished.Output;
    }
}
