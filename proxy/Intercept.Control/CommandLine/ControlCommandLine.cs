using Intercept.Core;
using Intercept.Core.Problems;

namespace Intercept.Control.CommandLine;

/// <summary>Reads the command line: options of a command, or what there is to say instead and the code to end with.</summary>
internal static class ControlCommandLine
{
    public const string Program = "intercept-control";

    /// <param name="exitCode">To end with when there are no options: help and version were asked for, or something is wrong.</param>
    /// <returns>The options of the command that was named, of its own type; null when there is nothing to run.</returns>
    public static object? Parse(IReadOnlyList<string> arguments, TextWriter output, TextWriter error, out int exitCode)
    {
        exitCode = ExitCode.Success;
        var (command, rest) = arguments.Count > 0 ? (arguments[0], arguments.Skip(1).ToList()) : ("", []);
        var before = arguments.TakeWhile(argument => argument != "--").ToList();
        switch (command)
        {
            case "completion":
                exitCode = Completion.Write(rest, output, error);
                return null;
            case "version":
            case var _ when before.Contains("--version"):
                output.WriteLine($"{Program} {ControlVersion.Text}");
                return null;
            case "help":
            case var _ when before.Contains("--help") || before.Contains("-h"):
                HelpText.Write(command == "help" ? rest.FirstOrDefault("") : command, output);
                return null;
            case var _ when CommandNames.WithFlags.Contains(command):
                return ReadOrReport(command, rest, error, out exitCode);
            default:
                var names = CommandNames.All.Select(entry => entry.Name).ToList();
                var hint = NearestName.Find(command, names) is { } nearest ? $"; did you mean {nearest}?" : "";
                error.WriteLine($"{Program}: '{command}' is not a command{hint}; allowed: {string.Join(", ", names)}");
                exitCode = ExitCode.Usage;
                return null;
        }
    }

    private static object? ReadOrReport(string command, IReadOnlyList<string> arguments, TextWriter error, out int exitCode)
    {
        var problems = new List<Problem>();
        var flags = new FlagReader(new GivenFlags(command, arguments, problems));
        object? options = command switch
        {
            CommandNames.Serve => OptionsReader.Serve(flags),
            CommandNames.Validate => OptionsReader.Validate(flags),
            CommandNames.Status => OptionsReader.Status(flags),
            CommandNames.Token => OptionsReader.Token(flags),
            _ => OptionsReader.Rotate(flags),
        };
        exitCode = problems.Count == 0 ? ExitCode.Success : ExitCode.Usage;
        if (problems.Count == 0)
        {
            return options;
        }

        foreach (var problem in problems)
        {
            error.WriteLine($"{Program}: {problem}");
        }

        error.WriteLine($"{Program}: {problems.Count} problem(s); see {Program} {command} --help");
        return null;
    }
}
