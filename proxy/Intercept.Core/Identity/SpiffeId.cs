using System.Diagnostics.CodeAnalysis;

namespace Intercept.Core.Identity;

/// <summary>
/// A SPIFFE ID, spiffe://TRUST-DOMAIN/PATH (SPIFFE-ID 2). Made once per verified certificate, compared by text.
/// </summary>
public sealed record SpiffeId
{
    /// <summary>The scheme and authority marker that every SPIFFE ID starts with.</summary>
    public const string Prefix = "spiffe://";

    // SPIFFE-ID 2.3: implementations must take 2048 bytes and must not make longer ones.
    private const int MaximumLength = 2048;

    private readonly int _pathStart;

    private SpiffeId(string text, int pathStart)
    {
        Text = text;
        _pathStart = pathStart;
        TrustDomain = text[Prefix.Length..pathStart];
        (Namespace, ServiceAccount) = ReadKubernetesPath(text.AsSpan(pathStart));
    }

    /// <summary>The whole ID, as in the certificate.</summary>
    public string Text { get; }

    public string TrustDomain { get; }

    /// <summary>The path with its leading slash; empty for the trust domain's own ID.</summary>
    public ReadOnlySpan<char> Path => Text.AsSpan(_pathStart);

    /// <summary>NS of /ns/NS/sa/SA, the form that Istio and Linkerd issue; null for any other path.</summary>
    public string? Namespace { get; }

    /// <summary>SA of /ns/NS/sa/SA; null for any other path.</summary>
    public string? ServiceAccount { get; }

    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out SpiffeId? id)
    {
        id = null;
        if (text.Length > MaximumLength || !text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        var rest = text[Prefix.Length..];
        var slash = rest.IndexOf('/');
        var trustDomain = slash < 0 ? rest : rest[..slash];
        var path = slash < 0 ? [] : rest[slash..];
        if (!Identity.TrustDomain.IsValid(trustDomain) || !IsValidPath(path))
        {
            return false;
        }

        id = new SpiffeId(text.ToString(), Prefix.Length + trustDomain.Length);
        return true;
    }

    public bool Equals(SpiffeId? other) => other is not null && Text == other.Text;

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text;

    // SPIFFE-ID 2.2: no empty segment, no trailing slash, no dot segments, and nothing percent-encoded.
    private static bool IsValidPath(ReadOnlySpan<char> path)
    {
        if (path.IsEmpty)
        {
            return true;
        }

        foreach (var range in path[1..].Split('/'))
        {
            var segment = path[1..][range];
            if (segment.IsEmpty || segment is "." or "..")
            {
                return false;
            }

            foreach (var c in segment)
            {
                if (!(char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_'))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static (string? Namespace, string? ServiceAccount) ReadKubernetesPath(ReadOnlySpan<char> path)
    {
        const string NamespaceMark = "/ns/";
        const string AccountMark = "/sa/";
        if (!path.StartsWith(NamespaceMark, StringComparison.Ordinal))
        {
            return default;
        }

        var rest = path[NamespaceMark.Length..];
        var account = rest.IndexOf(AccountMark, StringComparison.Ordinal);
        if (account <= 0 || rest[..account].Contains('/') || rest[(account + AccountMark.Length)..].Contains('/'))
        {
            return default;
        }

        return (rest[..account].ToString(), rest[(account + AccountMark.Length)..].ToString());
    }
}
