using System.Diagnostics.CodeAnalysis;
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

    /// <summary>Null when the expression is usable, else why it is not, as a clause.</summary>
    public static string? Check(string pattern)
    {
        if (pattern.Length is 0 or > MaximumLength)
        {
            return $"is not 1 to {MaximumLength} characters long";
        }

        return FindForeignSyntax(pattern) ?? (TryCompile(pattern, ignoresCase: false, out _) ? null : "is not a regular expression");
    }

    internal static Regex Compile(string pattern, bool ignoresCase) =>
        TryCompile(pattern, ignoresCase, out var regex)
            ? regex
            : throw new ArgumentException($"'{pattern}' was not checked", nameof(pattern));

    private static bool TryCompile(string pattern, bool ignoresCase, [NotNullWhen(true)] out Regex? regex)
    {
        var options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant
            | (ignoresCase ? RegexOptions.IgnoreCase : RegexOptions.None);
        try
        {
            regex = new Regex($@"\A(?:{pattern})\z", options);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            regex = null;
            return false;
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
}
