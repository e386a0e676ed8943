using System.Collections.Immutable;
using Intercept.Capture.Configuration;
using Intercept.Core;
using Intercept.Core.Problems;

namespace Intercept.Node.CommandLine;

/// <summary>A command's flags, and everything that is wrong with them: readers add to it and go on.</summary>
internal sealed class NodeRequest
{
    private readonly ImmutableArray<CaptureOption> _options;
    private readonly ParsedOptions _parsed;
    private readonly List<Problem> _problems;

    public NodeRequest(string command, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        Command = command;
        _options = NodeOptions.For(command);

        // What follows -- is of intercept-init's kind, for rules.
        var end = arguments.ToList().IndexOf("--");
        CaptureArguments = end < 0 ? [] : [.. arguments.Skip(end + 1)];
        _parsed = CaptureCommandLine.Parse(_options, end < 0 ? arguments : [.. arguments.Take(end)], environment);
        _problems = [.. _parsed.Problems.Select(WithHint)];
        foreach (var stranger in _parsed.Arguments)
        {
            _problems.Add(new Problem(CaptureCommandLine.CommandLine, 0, "argument", stranger, "is not a flag", "flags only; see --help"));
        }
    }

    public string Command { get; }

    public ImmutableArray<string> CaptureArguments { get; }

    public IReadOnlyList<Problem> Problems => _problems;

    public bool IsGiven(string name) => _parsed.Given.ContainsKey(name);

    public string Text(string name)
    {
        var option = Option(name);
        var value = _parsed.Given.TryGetValue(name, out var given) ? given.Text : option.Default;
        if (option.Placeholder.Contains('|', StringComparison.Ordinal) && !option.Placeholder.Split('|').Contains(value))
        {
            Report(name, "is not a choice", option.Placeholder);
        }

        return value;
    }

    public ImmutableArray<string> List(string name) =>
        [.. Text(name).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];

    public bool Switch(string name)
    {
        var value = TruthValue.Parse(Text(name));
        if (value is null)
        {
            Report(name, "is not a truth value", TruthValue.Allowed);
        }

        return value == true;
    }

    public TimeSpan Duration(string name)
    {
        if (!GoDuration.TryParse(Text(name), out var duration) || duration < TimeSpan.Zero)
        {
            Report(name, "is not a duration", "such as 30s, 500ms or 5m");
        }

        return duration;
    }

    /// <summary>An absolute path, without a slash at its end.</summary>
    public string? Path(string name)
    {
        var path = Text(name);
        if (path.Length > 0 && path[0] != '/')
        {
            Report(name, "is not an absolute path", "such as /etc/cni/net.d");
        }

        return path.Length == 0 ? null : path.Length == 1 ? path : path.TrimEnd('/');
    }

    public void Report(string name, string why, string? allowed) => _problems.Add(_parsed.Given.TryGetValue(name, out var given)
        ? new Problem(given.Source, 0, given.Field, given.Text, why, allowed)
        : new Problem(CaptureCommandLine.CommandLine, 0, $"--{name}", null, why, allowed));

    public void Add(IEnumerable<Problem> problems) => _problems.AddRange(problems);

    private CaptureOption Option(string name) => _options.First(option => option.Name == name);

    private Problem WithHint(Problem problem) =>
        problem.Why == "is not a flag of this command" && NearestName.Find(problem.Field, _options.Select(option => $"--{option.Name}")) is { } near
            ? problem with { Why = $"{problem.Why}; did you mean {near}?" }
            : problem;
}
