using System.Globalization;
using Intercept.Capture.Verification;
using Intercept.Init;

namespace Intercept.Tests.Unit.Init;

/// <summary>One run of intercept-init inside the test: a command that works on paper needs no process.</summary>
internal sealed record InitRun(int ExitCode, string Output, string Error)
{
    public static async Task<InitRun> Of(string commandLine, params string[] environment)
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        using var error = new StringWriter(CultureInfo.InvariantCulture);
        var program = new InitProgram(
            Capture.Options.Environment(environment), new SelfCommand("/nowhere", []), TextReader.Null, output, error, TimeProvider.System);
        var exit = await program.RunAsync(Capture.Options.Words(commandLine));
        return new InitRun(exit, output.ToString(), error.ToString());
    }
}
