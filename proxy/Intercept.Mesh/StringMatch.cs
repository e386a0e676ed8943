namespace Intercept.Mesh;

/// <summary>envoy.type.matcher.v3.StringMatcher, without regular expressions of other dialects.</summary>
public sealed record StringMatch(StringMatchKind Kind, string Text, bool IgnoresCase)
{
    public bool Matches(ReadOnlySpan<char> value)
    {
        var comparison = IgnoresCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        return Kind switch
        {
            StringMatchKind.Exact => value.Equals(Text, comparison),
            StringMatchKind.Prefix => value.StartsWith(Text, comparison),
            StringMatchKind.Suffix => value.EndsWith(Text, comparison),
            StringMatchKind.Contains => value.Contains(Text, comparison),
            _ => false,
        };
    }
}
