using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Intercept.Core.Identity;
using Intercept.Mesh.Tls;
using Spiffe.Workload;

namespace Intercept.Xds.Certificates;

/// <summary>One message of a Workload API, checked: the complete state of what this workload is and whom it may trust.</summary>
/// <param name="Bundles">Roots by trust domain, the workload's own by <see cref="Secret.OwnTrustDomain"/>.</param>
internal sealed record SvidMessage(WorkloadCertificate Certificate, IReadOnlyDictionary<string, X509Certificate2Collection> Bundles)
{
    /// <summary>All or nothing. The keys in the message are wiped either way.</summary>
    /// <param name="message">With at least one SVID.</param>
    /// <param name="identity">Which of them; null is the first.</param>
    public static SvidMessage? TryRead(X509SVIDResponse message, SpiffeId? identity, DateTimeOffset now, out CertificateProblem problem)
    {
        try
        {
            var svid = identity is null ? message.Svids[0] : message.Svids.FirstOrDefault(svid => svid.SpiffeId == identity.Text);
            if (svid is null)
            {
                problem = new CertificateProblem(
                    CertificateFailure.WrongIdentity,
                    $"the message has {string.Join(", ", message.Svids.Select(svid => $"'{svid.SpiffeId}'"))}; asked for: '{identity}'");
                return null;
            }

            return TryRead(svid, message, now, out problem);
        }
        finally
        {
            foreach (var svid in message.Svids)
            {
                CryptographicOperations.ZeroMemory(MemoryMarshal.AsMemory(svid.X509SvidKey.Memory).Span);
            }
        }
    }

    private static SvidMessage? TryRead(X509SVID svid, X509SVIDResponse message, DateTimeOffset now, out CertificateProblem problem)
    {
        if (PemText.TryReadDer(svid.X509Svid.Span) is not { } chain || PemText.TryReadDer(svid.Bundle.Span) is not { } roots)
        {
            problem = new CertificateProblem(CertificateFailure.Malformed, $"the certificates of '{svid.SpiffeId}' cannot be read as DER");
            return null;
        }

        using var key = WorkloadKey.TryReadPkcs8(svid.X509SvidKey.Memory);
        if (key is null)
        {
            problem = new CertificateProblem(CertificateFailure.Malformed, $"the key of '{svid.SpiffeId}' is no EC or RSA key in PKCS#8");
            return null;
        }

        var certificate = SvidCheck.Check(chain, roots, key, svid.SpiffeId, now, out problem);
        if (certificate is null || TryReadFederated(message.FederatedBundles, certificate.Identity.TrustDomain, out problem) is not { } bundles)
        {
            return null;
        }

        bundles[Secret.OwnTrustDomain] = roots;
        return new SvidMessage(message.Crl.Count == 0 ? certificate : certificate with { Warning = CrlWarning(certificate.Warning) }, bundles);
    }

    private static Dictionary<string, X509Certificate2Collection>? TryReadFederated(
        IEnumerable<KeyValuePair<string, ByteString>> federated, string own, out CertificateProblem problem)
    {
        var bundles = new Dictionary<string, X509Certificate2Collection>(StringComparer.Ordinal);
        foreach (var (name, der) in federated)
        {
            // The API names a trust domain by its ID, some of those who serve it by its name.
            var text = name.StartsWith(SpiffeId.Prefix, StringComparison.Ordinal) ? name[SpiffeId.Prefix.Length..] : name;
            if (!TrustDomain.TryParse(text, out var trustDomain) || PemText.TryReadDer(der.Span) is not { } roots)
            {
                problem = new CertificateProblem(CertificateFailure.Malformed, $"the bundle of '{name}' cannot be read");
                return null;
            }

            // Whoever vouches for us is said once; and without roots there is nobody to trust.
            if (trustDomain.Name != own && roots.Count > 0)
            {
                bundles[trustDomain.Name] = roots;
            }
        }

        problem = default;
        return bundles;
    }

    private static string CrlWarning(string? before)
    {
        const string Warning = "the source sends revocation lists, and peers are not checked against them";
        return before is null ? Warning : $"{before}; {Warning}";
    }
}
