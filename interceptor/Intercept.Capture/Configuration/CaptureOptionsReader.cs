using System.Collections.Immutable;
using Intercept.Core.Problems;

namespace Intercept.Capture.Configuration;

/// <summary>From command line and environment to what to capture and how to install it, or to everything that is wrong with them.</summary>
public static class CaptureOptionsReader
{
    public static CaptureOptionsResult Read(
        IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, HostFacts host) =>
        Read(CaptureCommandLine.Parse(arguments, environment), host);

    /// <param name="removes">
    /// The rules are to go, whatever they say: the host is not asked for resolvers, and a configuration that cannot be installed is no
    /// reason to keep an earlier one.
    /// </param>
    public static CaptureOptionsResult Read(ParsedOptions parsed, HostFacts host, bool removes = false)
    {
        removes |= parsed.Given.TryGetValue("cleanup-only", out var cleanup) && TruthValue.Parse(cleanup.Text.Trim()) == true;
        var values = new OptionValues(parsed, removes ? host with { ResolvConf = "" } : host);
        var options = parsed.IsLinkerd ? LinkerdOptions.Read(values) : IstioOptions.Read(values);
        ImmutableArray<Problem> problems =
        [
            .. parsed.Problems,
            .. parsed.Arguments.Select(argument => new Problem(
                CaptureCommandLine.CommandLine, 0, "argument", argument, "is not a flag", "flags only")),
            .. values.Problems,
        ];

        // A default stands in for a value that could not be read, and must not cause a second complaint.
        if (values.Problems.Count == 0 && !removes)
        {
            problems = problems.AddRange(CaptureConfigurationRules.Check(options.Configuration));
        }

        return new CaptureOptionsResult(problems.IsEmpty ? options : null, problems);
    }
}
