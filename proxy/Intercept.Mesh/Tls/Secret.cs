using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Intercept.Mesh.Tls;

/// <summary>
/// A named secret of a control plane, a CA or a Workload API: a certificate with its key, trust bundles, or both. What a
/// TLS context names is looked up in the <see cref="SecretStore"/>.
/// </summary>
public sealed record Secret
{
    /// <summary>By convention the workload's own certificate.</summary>
    public const string DefaultName = "default";

    /// <summary>By convention the bundles that peers are verified with.</summary>
    public const string RootsName = "ROOTCA";

    /// <summary>The key in <see cref="TrustBundles"/> of the trust domain that our own certificate is in.</summary>
    public const string OwnTrustDomain = "";

    public required string Name { get; init; }

    /// <summary>Where it came from, for people: "istio CA", "Workload API", "SDS".</summary>
    public required string Origin { get; init; }

    /// <summary>PEM, leaf first; empty for trust only.</summary>
    public ReadOnlyMemory<byte> CertificateChain { get; init; }

    /// <summary>PEM, PKCS#8; empty for trust only. Make it with <see cref="WipedKey"/>, and keep no copy for longer than it takes to load.</summary>
    public ReadOnlyMemory<byte> PrivateKey { get; init; }

    /// <summary>PEM by trust domain, several certificates in one where roots overlap.</summary>
    public ImmutableDictionary<string, ReadOnlyMemory<byte>> TrustBundles { get; init; } = ImmutableDictionary<string, ReadOnlyMemory<byte>>.Empty;

    /// <summary>Of the leaf; null for trust only.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Of the leaf; null for trust only.</summary>
    public DateTimeOffset? NotAfter { get; init; }

    public bool HasCertificate => !CertificateChain.IsEmpty;

    public bool Equals(Secret? other) =>
        other is not null && Name == other.Name && Origin == other.Origin && NotBefore == other.NotBefore && NotAfter == other.NotAfter
        && CertificateChain.Span.SequenceEqual(other.CertificateChain.Span)
        && CryptographicOperations.FixedTimeEquals(PrivateKey.Span, other.PrivateKey.Span)
        && SameBundles(other.TrustBundles);

    public override int GetHashCode() => HashCode.Combine(Name, Origin, NotAfter, CertificateChain.Length, TrustBundles.Count);

    /// <summary>Never the key, whoever prints it.</summary>
    public override string ToString() => $"secret {Name} from {Origin}, {(NotAfter is { } end ? $"until {end:u}" : "trust only")}";

    private bool SameBundles(ImmutableDictionary<string, ReadOnlyMemory<byte>> others)
    {
        if (TrustBundles.Count != others.Count)
        {
            return false;
        }

        foreach (var (trustDomain, bundle) in TrustBundles)
        {
            if (!others.TryGetValue(trustDomain, out var other) || !bundle.Span.SequenceEqual(other.Span))
            {
                return false;
            }
        }

        return true;
    }
}
