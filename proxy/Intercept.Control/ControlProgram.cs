using Intercept.Control.CommandLine;
using Intercept.Control.Commands;

namespace Intercept.Control;

/// <summary>From arguments to an exit code.</summary>
internal static class ControlProgram
{
    /// <param name="stop">Ends a command that would go on, as signals do.</param>
    public static async Task<int> RunAsync(
        string[] arguments, IReadOnlyDictionary<string, string> environment, TextWriter output, TextWriter error, TimeProvider time, CancellationToken stop)
    {
        var options = ControlCommandLine.Parse(arguments, output, error, out var exitCode);
        return options switch
        {
            ServeOptions serve => await new ServeCommand(serve, environment, error, time).RunAsync(stop),
            ValidateOptions validate => await ValidateCommand.RunAsync(validate, output, error),
            StatusOptions status => await StatusCommand.RunAsync(status, output, error, stop),
            TokenOptions token => await AuthorityCommands.CreateTokenAsync(token, output, error, time),
            RotateOptions rotate => await AuthorityCommands.RotateAsync(rotate, output, error, time, stop),
            _ => exitCode,
        };
    }
}
