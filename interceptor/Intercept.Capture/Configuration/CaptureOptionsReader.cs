using System.Collections.Immutable;
using Intercept.Core.Problems;

namespace Intercept.Capture.Configuration;

/// <summary>From command line and environment to what to capture and how to install it, or to everything that is wrong with them.</summary>
public static class CaptureOptionsReader
{
    public static CaptureOptionsResult Read(
        IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, HostFacts host) =>
        Read(CaptureCommandLine.Parse(arguments, environment), host);

    public static CaptureOptionsResult Read(ParsedOptions parsed, HostFacts host)
    {
        var values = new OptionValues(parsed, host);
        var options = parsed.IsLinkerd ? LinkerdOptions.Read(values) : IstioOptions.Read(values);
        ImmutableArray<Problem> problems =
        [
            .. parsed.Problems,
            .. parsed.Arguments.Select(argument => new Problem(
                CaptureCommandLine.CommandLine, 0, "argument", argument, "is not a flag", "flags only")),
            .. values.Problems,
        ];

        // A default stands in for a value that could not be read, and must not cause a second complaint.
        if (values.Problems.Count == 0)
        {
            problems = problems.AddRange(CaptureConfigurationRules.Check(options.Configuration));
        }

        return new CaptureOptionsResult(problems.IsEmpty ? options : null, problems);
    }
}
