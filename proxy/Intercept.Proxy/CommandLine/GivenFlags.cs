using System.CommandLine;
using System.CommandLine.Parsing;
using Intercept.Core.Problems;

namespace Intercept.Proxy.CommandLine;

/// <summary>The arguments, sorted by flag; what belongs to none is a problem.</summary>
internal sealed class GivenFlags
{
    public const string Source = "command line";

    private readonly Dictionary<Flag, Option<string[]>> _options =
        FlagTable.All.ToDictionary(flag => flag, flag => new Option<string[]>(flag.LongForm, flag.Letter is { } letter ? [$"-{letter}"] : [])
        {
            // None, so that a flag without its value is ours to report beside everything else.
            Arity = ArgumentArity.ZeroOrMore,
            AllowMultipleArgumentsPerToken = false,
        });

    private readonly ParseResult _parsed;
    private readonly List<Problem> _problems;

    public GivenFlags(IReadOnlyList<string> arguments, List<Problem> problems)
    {
        _problems = problems;
        var command = new Command("intercept-proxy") { TreatUnmatchedTokensAsErrors = false };
        foreach (var option in _options.Values)
        {
            command.Add(option);
        }

        _parsed = CommandLineParser.Parse(
            command, arguments, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        ReportStrangers(arguments);
    }

    /// <summary>The value of a flag that may be given once; null when it is not given or has no value.</summary>
    public string? Text(Flag flag)
    {
        var values = Texts(flag);
        if (values.Count > 1)
        {
            Report(flag, values[1], "is given twice", "once");
        }

        return values.Count > 0 ? values[0] : null;
    }

    public IReadOnlyList<string> Texts(Flag flag)
    {
        if (_parsed.GetResult(_options[flag]) is not { } result)
        {
            return [];
        }

        var values = result.Tokens.Select(token => token.Value).Where(value => value.Length > 0).ToList();
        if (values.Count < result.IdentifierTokenCount)
        {
            Report(flag, null, "needs a value", flag.Placeholder);
        }

        return values;
    }

    public void Report(Flag flag, string? value, string why, string? allowed) =>
        _problems.Add(new Problem(Source, 0, flag.LongForm, value, why, allowed));

    private void ReportStrangers(IReadOnlyList<string> arguments)
    {
        var place = 0;
        foreach (var stranger in _parsed.UnmatchedTokens)
        {
            while (place < arguments.Count && arguments[place] != stranger)
            {
                place++;
            }

            if (stranger.Length > 1 && stranger[0] == '-')
            {
                ReportFlag(stranger.Split('=')[0]);
            }
            else if (place == 0 || !IsFlagOfItsOwn(arguments[place - 1]))
            {
                _problems.Add(new Problem(Source, 0, stranger, null, "is no flag", "flags and their values only; see --help"));
            }

            place++;
        }
    }

    // What follows an unknown flag is probably its value: one mistake, one line.
    private bool IsFlagOfItsOwn(string argument) =>
        argument.StartsWith('-') && !argument.Contains('=', StringComparison.Ordinal) && _parsed.UnmatchedTokens.Contains(argument);

    private void ReportFlag(string name)
    {
        if (FlagTable.OfEnvoyOnly.TryGetValue(name, out var why))
        {
            _problems.Add(new Problem(Source, 0, name, null, why, "leave it out"));
            return;
        }

        var hint = NearestName.Find(name, FlagTable.All.Select(flag => flag.LongForm)) is { } nearest ? $"; did you mean {nearest}?" : "";
        _problems.Add(new Problem(Source, 0, name, null, $"is not a flag{hint}", null));
    }
}
