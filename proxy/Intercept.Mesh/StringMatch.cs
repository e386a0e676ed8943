using System.Text.RegularExpressions;

namespace Intercept.Mesh;

/// <summary>envoy.type.matcher.v3.StringMatcher.</summary>
public sealed record StringMatch
{
    private readonly Regex? _regex;

    public StringMatch(StringMatchKind kind, string text, bool ignoresCase)
    {
        Kind = kind;
        Text = text;
        IgnoresCase = ignoresCase;
        _regex = kind == StringMatchKind.Regex ? RegexDialect.Compile(text, ignoresCase) : null;
    }

    public StringMatchKind Kind { get; }

    public string Text { get; }

    public bool IgnoresCase { get; }

    public bool Matches(ReadOnlySpan<char> value)
    {
        var comparison = IgnoresCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        return Kind switch
        {
            StringMatchKind.Exact => value.Equals(Text, comparison),
            StringMatchKind.Prefix => value.StartsWith(Text, comparison),
            StringMatchKind.Suffix => value.EndsWith(Text, comparison),
            StringMatchKind.Contains => value.Contains(Text, comparison),
            StringMatchKind.Regex => _regex!.IsMatch(value),
            _ => false,
        };
    }

    public bool Equals(StringMatch? other) =>
        other is not null && Kind == other.Kind && IgnoresCase == other.IgnoresCase && Text == other.Text;

    public override int GetHashCode() => HashCode.Combine(Kind, Text, IgnoresCase);

    public override string ToString() => $"{Kind} '{Text}'{(IgnoresCase ? " (any case)" : "")}";
}
