using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;

namespace Intercept.Control.Authority;

/// <summary>A leaf with what its holder needs to present it and to check others.</summary>
internal sealed record IssuedCertificate(X509Certificate2 Leaf, Validity Validity, AuthoritySnapshot Authority) : IDisposable
{
    /// <summary>As Istio's CA answers: leaf, intermediates, and all roots in the last element.</summary>
    public ImmutableArray<string> PemChain => [Leaf.ExportCertificatePem() + "\n", .. Authority.ChainPem, Authority.Anchors.Pem];

    /// <summary>As the Workload API answers: leaf and intermediates in one piece.</summary>
    public byte[] DerChain => [.. Leaf.RawData, .. Authority.Chain.SelectMany(certificate => certificate.RawData)];

    public void Dispose() => Leaf.Dispose();
}
