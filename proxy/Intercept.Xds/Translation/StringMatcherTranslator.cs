using Envoy.Type.Matcher.V3;
using Intercept.Mesh;

namespace Intercept.Xds.Translation;

internal sealed class StringMatcherTranslator(TranslationScope scope)
{
    private const string Forms = "one of exact, prefix, suffix, contains, safe_regex";

    /// <param name="allowsEmptyExact">Envoy takes an empty exact; where nothing real is empty it is an error.</param>
    public StringMatch? Translate(StringMatcher? matcher, string path, bool allowsEmptyExact)
    {
        switch (matcher?.MatchPatternCase)
        {
            case StringMatcher.MatchPatternOneofCase.Exact:
                return Literal(StringMatchKind.Exact, matcher.Exact, "exact", allowsEmptyExact);
            case StringMatcher.MatchPatternOneofCase.Prefix:
                return Literal(StringMatchKind.Prefix, matcher.Prefix, "prefix", allowsEmpty: false);
            case StringMatcher.MatchPatternOneofCase.Suffix:
                return Literal(StringMatchKind.Suffix, matcher.Suffix, "suffix", allowsEmpty: false);
            case StringMatcher.MatchPatternOneofCase.Contains:
                return Literal(StringMatchKind.Contains, matcher.Contains, "contains", allowsEmpty: false);
            case StringMatcher.MatchPatternOneofCase.SafeRegex:
                return Regex(matcher.SafeRegex.Regex, matcher.IgnoreCase, $"{path}.safe_regex.regex");
            default:
                scope.Missing(path, Forms);
                return null;
        }

        StringMatch? Literal(StringMatchKind kind, string text, string name, bool allowsEmpty)
        {
            if (text.Length == 0 && !allowsEmpty)
            {
                scope.Report($"{path}.{name}", "", "is empty", "text");
                return null;
            }

            return new StringMatch(kind, text, matcher.IgnoreCase);
        }
    }

    private StringMatch? Regex(string pattern, bool ignoresCase, string path)
    {
        if (RegexDialect.Check(pattern) is { } why)
        {
            scope.Report(path, pattern, why, "RE2 syntax that .NET reads with the same meaning");
            return null;
        }

        return RegexSimplifier.Simplify(pattern, ignoresCase) ?? new StringMatch(StringMatchKind.Regex, pattern, ignoresCase);
    }
}
