using System.Diagnostics.CodeAnalysis;

namespace Intercept.Core.Identity;

/// <summary>The name of a trust domain: 1 to 255 characters of a-z, 0-9, '.', '-', '_' (SPIFFE-ID 2.1).</summary>
public sealed record TrustDomain
{
    private const int MaximumLength = 255;

    private TrustDomain(string name) => Name = name;

    public string Name { get; }

    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out TrustDomain? trustDomain)
    {
        trustDomain = IsValid(text) ? new TrustDomain(text.ToString()) : null;
        return trustDomain is not null;
    }

    public override string ToString() => Name;

    internal static bool IsValid(ReadOnlySpan<char> text)
    {
        if (text.Length is 0 or > MaximumLength)
        {
            return false;
        }

        foreach (var c in text)
        {
            if (!(char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-' or '_'))
            {
                return false;
            }
        }

        return true;
    }
}
