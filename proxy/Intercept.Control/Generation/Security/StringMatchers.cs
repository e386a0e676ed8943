using Envoy.Type.Matcher.V3;

namespace Intercept.Control.Generation.Security;

/// <summary>Istio's texts: exact, a prefix ("abc*"), a suffix ("*abc"), or anything that is not empty ("*").</summary>
internal static class StringMatchers
{
    public static StringMatcher Of(string text, string prefix = "", bool ignoreCase = false) => text switch
    {
        "*" => Regex(".+"),
        ['*', ..] => new StringMatcher { Suffix = text[1..], IgnoreCase = ignoreCase },
        [.., '*'] => new StringMatcher { Prefix = prefix + text[..^1], IgnoreCase = ignoreCase },
        _ => new StringMatcher { Exact = prefix + text, IgnoreCase = ignoreCase },
    };

    public static StringMatcher Regex(string pattern) => new() { SafeRegex = new RegexMatcher { Regex = pattern } };

    /// <summary>Letters that a regular expression would read as operators, escaped; "*" stands for anything.</summary>
    public static string Pattern(string text)
    {
        var pattern = new System.Text.StringBuilder(text.Length + 8);
        foreach (var c in text)
        {
            if (c == '*')
            {
                pattern.Append(".*");
                continue;
            }

            if (@"\.+?()|[]{}^$".Contains(c, StringComparison.Ordinal))
            {
                pattern.Append('\\');
            }

            pattern.Append(c);
        }

        return pattern.ToString();
    }
}
