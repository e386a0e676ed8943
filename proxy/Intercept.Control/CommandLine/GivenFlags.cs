using System.CommandLine;
using System.CommandLine.Parsing;
using Intercept.Core.Problems;

namespace Intercept.Control.CommandLine;

/// <summary>The arguments behind a command, sorted by flag; what belongs to none is an operand or a problem.</summary>
internal sealed class GivenFlags
{
    public const string Source = "command line";

    private readonly Dictionary<Flag, Option<string[]>> _options;
    private readonly ParseResult _parsed;
    private readonly List<Problem> _problems;

    public GivenFlags(string command, IReadOnlyList<string> arguments, List<Problem> problems)
    {
        _problems = problems;
        _options = FlagTable.Of(command).ToDictionary(flag => flag, flag => new Option<string[]>(flag.LongForm, flag.Letter is { } letter ? [$"-{letter}"] : [])
        {
            // None, so that a flag without its value is ours to report beside everything else.
            Arity = flag.IsSwitch ? ArgumentArity.Zero : ArgumentArity.ZeroOrMore,
            AllowMultipleArgumentsPerToken = false,
        });
        var parser = new Command(command) { TreatUnmatchedTokensAsErrors = false };
        foreach (var option in _options.Values)
        {
            parser.Add(option);
        }

        _parsed = CommandLineParser.Parse(parser, arguments, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        Operands = Sort(command, arguments);
    }

    /// <summary>What is no flag: folders to validate, the word behind `token`.</summary>
    public IReadOnlyList<string> Operands { get; }

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
        if (!_options.TryGetValue(flag, out var option) || _parsed.GetResult(option) is not { } result)
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

    public bool Has(Flag flag) => _parsed.GetResult(_options[flag]) is { IdentifierTokenCount: > 0 };

    public void Report(Flag flag, string? value, string why, string? allowed) => _problems.Add(new Problem(Source, 0, flag.LongForm, value, why, allowed));

    public void ReportOperand(string operand, string why, string allowed) => _problems.Add(new Problem(Source, 0, operand, null, why, allowed));

    private List<string> Sort(string command, IReadOnlyList<string> arguments)
    {
        var operands = new List<string>();
        var place = 0;
        foreach (var token in _parsed.UnmatchedTokens)
        {
            while (place < arguments.Count && arguments[place] != token)
            {
                place++;
            }

            if (token.Length > 1 && token[0] == '-')
            {
                ReportStranger(command, token.Split('=')[0]);
            }
            else if (place == 0 || !IsStranger(arguments[place - 1]))
            {
                operands.Add(token);
            }

            place++;
        }

        return operands;
    }

    // What follows an unknown flag is probably its value: one mistake, one line.
    private bool IsStranger(string argument) =>
        argument.StartsWith('-') && !argument.Contains('=', StringComparison.Ordinal) && _parsed.UnmatchedTokens.Contains(argument);

    private void ReportStranger(string command, string name)
    {
        if (FlagTable.All.FirstOrDefault(flag => flag.LongForm == name) is { } elsewhere)
        {
            _problems.Add(new Problem(Source, 0, name, null, $"is no flag of {command}", $"with {string.Join(", ", elsewhere.Commands)}"));
            return;
        }

        var hint = NearestName.Find(name, FlagTable.Of(command).Select(flag => flag.LongForm)) is { } nearest ? $"; did you mean {nearest}?" : "";
        _problems.Add(new Problem(Source, 0, name, null, $"is not a flag{hint}", null));
    }
}
