using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;

namespace Intercept.Control.Authority;

/// <summary>Who signs at this moment, and what goes out with each certificate. Immutable.</summary>
/// <param name="Chain">From the issuer up to below the root; empty where a root signs.</param>
/// <param name="IssuedUntil">How long what is signed may last before this must be noted on disk.</param>
internal sealed record AuthoritySnapshot(
    Issuer Issuer, ImmutableArray<X509Certificate2> Chain, TrustAnchors Anchors, DateTimeOffset IssuedUntil)
{
    public ImmutableArray<string> ChainPem { get; } = [.. Chain.Select(certificate => certificate.ExportCertificatePem() + "\n")];
}
