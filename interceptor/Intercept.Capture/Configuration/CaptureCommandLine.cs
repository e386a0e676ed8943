using System.Collections.Immutable;
using Intercept.Core.Problems;

namespace Intercept.Capture.Configuration;

/// <summary>
/// Sorts arguments and environment by option, in the forms that istio-iptables and proxy-init take: --flag value, --flag=value,
/// -f value, -fvalue, -f=value, switches joined behind one dash, and -- before what is no flag.
/// </summary>
public static class CaptureCommandLine
{
    public const string CommandLine = "command line";
    public const string EnvironmentSource = "environment";

    /// <param name="more">A command's own options beside those of the capture table.</param>
    public static ParsedOptions Parse(
        IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, IEnumerable<CaptureOption>? more = null)
    {
        var isLinkerd = arguments.TakeWhile(argument => argument != "--").Any(IsLinkerdSwitch);
        return Parse(
            [.. CaptureOptionTable.Own, .. isLinkerd ? CaptureOptionTable.Linkerd : CaptureOptionTable.Istio, .. more ?? []],
            arguments, environment, isLinkerd);
    }

    /// <summary>The same for a program with options of its own.</summary>
    public static ParsedOptions Parse(
        ImmutableArray<CaptureOption> options, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment,
        bool isLinkerd = false)
    {
        var scan = new ArgumentScan(options);
        scan.Run(arguments);
        foreach (var option in options.Where(option => !scan.Given.ContainsKey(option.Name)))
        {
            var variable = option.Environment.FirstOrDefault(name => environment.TryGetValue(name, out var value) && value.Length > 0);
            if (variable is not null)
            {
                scan.Given[option.Name] = new OptionValue(environment[variable], EnvironmentSource, variable);
            }
        }

        return new ParsedOptions(
            isLinkerd, scan.Given.ToImmutableDictionary(StringComparer.Ordinal), [.. scan.Arguments], [.. scan.Problems]);
    }

    private static bool IsLinkerdSwitch(string argument) => argument is $"--{CaptureOptionTable.LinkerdSwitch}" or "--linkerd=true";

    private sealed class ArgumentScan(ImmutableArray<CaptureOption> options)
    {
        public Dictionary<string, OptionValue> Given { get; } = new(StringComparer.Ordinal);

        public List<string> Arguments { get; } = [];

        public List<Problem> Problems { get; } = [];

        public void Run(IReadOnlyList<string> arguments)
        {
            for (var index = 0; index < arguments.Count; index++)
            {
                var argument = arguments[index];
                if (argument == "--")
                {
                    Arguments.AddRange(arguments.Skip(index + 1));
                    return;
                }

                if (argument.StartsWith("--", StringComparison.Ordinal))
                {
                    index += TakeLong(argument, Next(arguments, index));
                }
                else if (argument.Length > 1 && argument[0] == '-')
                {
                    index += TakeShort(argument, Next(arguments, index));
                }
                else
                {
                    Arguments.Add(argument);
                }
            }
        }

        private static string? Next(IReadOnlyList<string> arguments, int index) =>
            index + 1 < arguments.Count ? arguments[index + 1] : null;

        // Both return how many of the following arguments they used.
        private int TakeLong(string argument, string? next)
        {
            var equals = argument.IndexOf('=', StringComparison.Ordinal);
            var field = equals < 0 ? argument : argument[..equals];
            var option = options.FirstOrDefault(candidate => candidate.Name == field[2..]);
            if (option is null)
            {
                Add(field, null, "is not a flag of this command", null);
                return 0;
            }

            return Take(option, field, equals < 0 ? null : argument[(equals + 1)..], next);
        }

        private int TakeShort(string argument, string? next)
        {
            for (var index = 1; index < argument.Length; index++)
            {
                var field = $"-{argument[index]}";
                var option = options.FirstOrDefault(candidate => candidate.Letter == argument[index]);
                if (option is null)
                {
                    Add(field, argument, "is not a flag of this command", null);
                    return 0;
                }

                var rest = argument[(index + 1)..];
                if (rest.StartsWith('='))
                {
                    return Take(option, field, rest[1..], next);
                }

                if (option.Kind != OptionKind.Switch)
                {
                    return Take(option, field, rest.Length > 0 ? rest : null, next);
                }

                Take(option, field, null, null);
            }

            return 0;
        }

        private int Take(CaptureOption option, string field, string? value, string? next)
        {
            var used = 0;
            if (value is null && option.Kind == OptionKind.Switch)
            {
                value = "true";
            }
            else if (value is null && next is not null)
            {
                value = next;
                used = 1;
            }

            if (value is null)
            {
                Add(field, null, "needs a value", option.Placeholder);
            }
            else if (!Given.TryGetValue(option.Name, out var earlier))
            {
                Given[option.Name] = new OptionValue(value, CommandLine, field);
            }
            else if (option.Kind == OptionKind.List)
            {
                Given[option.Name] = earlier with { Text = $"{earlier.Text},{value}" };
            }
            else
            {
                Add(field, value, "is given twice", "once");
            }

            return used;
        }

        private void Add(string field, string? value, string why, string? allowed) =>
            Problems.Add(new Problem(CommandLine, 0, field, value, why, allowed));
    }
}
