using System.Text.RegularExpressions;

namespace Intercept.Mesh;

/// <summary>
/// The part of RE2's syntax that .NET reads with the same meaning. Anything else is refused rather than guessed at:
/// a policy that matches other names than its author meant is worse than none. Matching is linear (NonBacktracking).
/// </summary>
public static class RegexDialect
{
    // RE2's own limit on the text of a program is far above what a policy needs; this bounds the work of compiling it.
    private const int MaximumLength = 4096;

    private const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    /// <summary>Null when the expression is usable, else why it is not, as a clause.</summary>
    public static string? Check(string pattern)
    {
        if (pattern.Length is 0 or > MaximumLength)
        {
            return $"is not 1 to {MaximumLength} characters long";
        }

        // Alone first: the anchors around it would close the parentheses of "a)|(?:b" and let everything from 'a' match.
        return FindForeignSyntax(pattern) ?? FindFault(pattern, Options)
            ?? FindFault(Anchored(pattern), Options) ?? FindFault(Anchored(pattern), Options | RegexOptions.IgnoreCase);
    }

    internal static Regex Compile(string pattern, bool ignoresCase)
    {
        if (Check(pattern) is { } why)
        {
            throw new ArgumentException($"'{pattern}' {why}", nameof(pattern));
        }

        return new Regex(Anchored(pattern), ignoresCase ? Options | RegexOptions.IgnoreCase : Options);
    }

    private static string Anchored(string pattern) => $@"\A(?:{pattern})\z";

    private static string? FindFault(string pattern, RegexOptions options)
    {
        try
        {
            _ = new Regex(pattern, options);
            return null;
        }
        catch (ArgumentException)
        {
            return "is not a regular expression";
        }
        catch (NotSupportedException)
        {
            // The engine's own bound on the automaton, which is what keeps matching linear and small.
            return "is too large: with its repetitions written out it is longer than the engine takes";
        }
    }

    private static string? FindForeignSyntax(string pattern)
    {
        var inClass = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            var next = i + 1 < pattern.Length ? pattern[i + 1] : '\0';
            switch (pattern[i])
            {
                case '\\' when char.IsAsciiLetterOrDigit(next) && !"dDwWsSbBtnrfv".Contains(next, StringComparison.Ordinal):
                    return $@"uses '\{next}', which engines read differently";
                case '\\':
                    i++;
                    break;
                case '[' when inClass && (next == ':' || pattern[i - 1] == '-'):
                    return "uses a nested character class, which engines read differently";
                case '[':
                    inClass = true;
                    i += ClassOpening(pattern.AsSpan(i)) - 1;
                    break;
                case ']':
                    inClass = false;
                    break;
                case '(' when !inClass && next == '?' && !pattern.AsSpan(i).StartsWith("(?:", StringComparison.Ordinal):
                    return "uses a '(?' group other than '(?:'";
            }
        }

        return null;
    }

    // "[", "[^", "[]" or "[^]": a ']' that comes first stands for itself and closes nothing.
    private static int ClassOpening(ReadOnlySpan<char> text)
    {
        var length = text.StartsWith("[^", StringComparison.Ordinal) ? 2 : 1;
        return length < text.Length && text[length] == ']' ? length + 1 : length;
    }
}
