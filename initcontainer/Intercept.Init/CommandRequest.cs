using System.Collections.Immutable;
using Intercept.Capture.Configuration;
using Intercept.Core.Problems;

namespace Intercept.Init;

/// <summary>A command's options, read; or everything that is wrong with them.</summary>
/// <param name="Options">Null when there is any problem.</param>
internal sealed record CommandRequest(string Command, ParsedOptions Parsed, CaptureOptions? Options, ImmutableArray<Problem> Problems)
{
    public static CommandRequest Read(string command, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var own = CommandOptions.For(command);
        var parsed = CaptureCommandLine.Parse(arguments, environment, own);
        var result = CaptureOptionsReader.Read(parsed, HostLookup.Facts(), removes: command == Commands.Uninstall);
        var problems = result.Problems.ToList();
        foreach (var option in own)
        {
            if (!parsed.Given.TryGetValue(option.Name, out var value))
            {
                continue;
            }

            if (option.Kind == OptionKind.Switch && TruthValue.Parse(value.Text) is null)
            {
                problems.Add(new Problem(value.Source, 0, value.Field, value.Text, "is not a truth value", TruthValue.Allowed));
            }
            else if (option.Placeholder.Contains('|', StringComparison.Ordinal) && !option.Placeholder.Split('|').Contains(value.Text))
            {
                problems.Add(new Problem(value.Source, 0, value.Field, value.Text, "is not a choice", option.Placeholder));
            }
        }

        return new CommandRequest(command, parsed, problems.Count == 0 ? result.Options : null, [.. problems]);
    }

    public string Text(string name) =>
        Parsed.Given.TryGetValue(name, out var value) ? value.Text : CommandOptions.For(Command).First(option => option.Name == name).Default;

    public bool Switch(string name) => TruthValue.Parse(Text(name)) == true;
}
