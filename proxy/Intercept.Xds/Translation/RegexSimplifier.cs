using Intercept.Mesh;

namespace Intercept.Xds.Translation;

/// <summary>
/// Istio writes a namespace as ".*/ns/NAME/.*". Such a pattern, letters with ".*" at the ends, is a plain comparison,
/// which spares the regular expression engine on every connection. Values here hold no newline, the one character that
/// '.' does not take.
/// </summary>
internal static class RegexSimplifier
{
    private const string Anything = ".*";

    public static StringMatch? Simplify(string pattern, bool ignoresCase)
    {
        var opensFreely = pattern.StartsWith(Anything, StringComparison.Ordinal);
        var rest = opensFreely ? pattern[Anything.Length..] : pattern;
        var endsFreely = rest.EndsWith(Anything, StringComparison.Ordinal);
        if (Unescape(endsFreely ? rest[..^Anything.Length] : rest) is not { Length: > 0 } text)
        {
            return null;
        }

        var kind = (opensFreely, endsFreely) switch
        {
            (true, true) => StringMatchKind.Contains,
            (true, false) => StringMatchKind.Suffix,
            (false, true) => StringMatchKind.Prefix,
            _ => StringMatchKind.Exact,
        };
        return new StringMatch(kind, text, ignoresCase);
    }

    /// <summary>The text that an expression without operators stands for; null when it has operators.</summary>
    private static string? Unescape(string pattern)
    {
        var text = new System.Text.StringBuilder(pattern.Length);
        for (var i = 0; i < pattern.Length; i++)
        {
            var c = pattern[i];
            if (c == '\\' && i + 1 < pattern.Length && !char.IsAsciiLetterOrDigit(pattern[i + 1]))
            {
                text.Append(pattern[++i]);
            }
            else if (@"\.+*?()|[]{}^$".Contains(c, StringComparison.Ordinal))
            {
                return null;
            }
            else
            {
                text.Append(c);
            }
        }

        return text.ToString();
    }
}
