using System.Security.Cryptography.X509Certificates;
using Intercept.Core.Identity;
using Intercept.Xds.Transport;

namespace Intercept.Xds.Certificates;

/// <summary>
/// Whether what a source gives is an X.509-SVID that this workload can use (SPIFFE X509-SVID 4 and 5). A certificate that
/// peers would refuse is refused here, where the reason can be told and the one in use kept.
/// </summary>
internal static class SvidCheck
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private const X509KeyUsageFlags AuthorityUses = X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign;

    /// <param name="chain">Leaf first.</param>
    /// <param name="roots">What the chain must lead to; null where the roots come apart from it.</param>
    /// <param name="expected">The identity that was asked for; null takes any.</param>
    public static WorkloadCertificate? Check(
        X509Certificate2Collection chain,
        X509Certificate2Collection? roots,
        WorkloadKey key,
        string? expected,
        DateTimeOffset now,
        out CertificateProblem problem)
    {
        if (chain.Count == 0)
        {
            problem = new CertificateProblem(CertificateFailure.Malformed, "the answer has no certificate");
            return null;
        }

        var leaf = chain[0];
        var found = IdentityProblem(leaf, expected, out var identity) ?? KeyProblem(leaf, key) ?? UseProblem(leaf) ?? TimeProblem(leaf, now)
            ?? (roots is null ? null : ChainProblem(chain, roots, now));
        problem = found.GetValueOrDefault();
        return found is null && identity is not null
            ? new WorkloadCertificate(identity, PemText.Certificates(chain), key.Export(), Start(leaf), End(leaf), Warning(leaf, now))
            : null;
    }

    public static DateTimeOffset Start(X509Certificate2 certificate) => new DateTimeOffset(certificate.NotBefore).ToUniversalTime();

    public static DateTimeOffset End(X509Certificate2 certificate) => new DateTimeOffset(certificate.NotAfter).ToUniversalTime();

    private static CertificateProblem? KeyProblem(X509Certificate2 leaf, WorkloadKey key) =>
        key.IsOf(leaf) ? null : new CertificateProblem(CertificateFailure.WrongKey, "the certificate is for another key than ours");

    private static CertificateProblem? IdentityProblem(X509Certificate2 leaf, string? expected, out SpiffeId? identity)
    {
        identity = null;
        if (UriNames.Of(leaf) is not { } uris)
        {
            return new CertificateProblem(CertificateFailure.Malformed, "the certificate's names cannot be read");
        }

        var named = uris.Count == 0 ? "none" : string.Join(", ", uris.Select(uri => $"'{uri}'"));
        if (uris.Count != 1 || (expected is not null && uris[0] != expected))
        {
            return new CertificateProblem(
                CertificateFailure.WrongIdentity, $"the certificate names {named}; asked for: {(expected is null ? "one SPIFFE ID" : $"'{expected}' alone")}");
        }

        return SpiffeId.TryParse(uris[0], out identity) && !identity.Path.IsEmpty
            ? null
            : new CertificateProblem(CertificateFailure.WrongIdentity, $"the certificate names {named}, which is not the SPIFFE ID of a workload");
    }

    private static CertificateProblem? UseProblem(X509Certificate2 leaf)
    {
        foreach (var extension in leaf.Extensions)
        {
            var wrong = extension switch
            {
                X509BasicConstraintsExtension { CertificateAuthority: true } => "is an authority's",
                X509KeyUsageExtension uses when (uses.KeyUsages & AuthorityUses) != 0 => "may sign other certificates",
                X509KeyUsageExtension uses when !uses.KeyUsages.HasFlag(X509KeyUsageFlags.DigitalSignature) => "may not sign a handshake (key usage digitalSignature)",
                X509EnhancedKeyUsageExtension purposes when !Has(purposes, ServerAuthentication) || !Has(purposes, ClientAuthentication) =>
                    "is not for servers and clients both (extended key usage)",
                _ => null,
            };
            if (wrong is not null)
            {
                return new CertificateProblem(CertificateFailure.WrongUse, $"the certificate {wrong}");
            }
        }

        return null;
    }

    private static bool Has(X509EnhancedKeyUsageExtension purposes, string purpose) =>
        purposes.EnhancedKeyUsages.Cast<System.Security.Cryptography.Oid>().Any(oid => oid.Value == purpose);

    private static CertificateProblem? TimeProblem(X509Certificate2 leaf, DateTimeOffset now) =>
        End(leaf) > now
            ? null
            : new CertificateProblem(
                CertificateFailure.Expired, $"the certificate ended at {End(leaf):u}, and it is {now:u} here: is this machine's clock right?");

    private static CertificateProblem? ChainProblem(X509Certificate2Collection chain, X509Certificate2Collection roots, DateTimeOffset now)
    {
        if (roots.Count == 0)
        {
            return new CertificateProblem(CertificateFailure.Malformed, "no root came with the certificate");
        }

        CertificateStores.NeedNoHome();
        using var builder = new X509Chain();
        builder.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        builder.ChainPolicy.CustomTrustStore.AddRange(roots);
        builder.ChainPolicy.ExtraStore.AddRange(chain);
        builder.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        builder.ChainPolicy.DisableCertificateDownloads = true;

        // One that begins in the future is told apart; here it is whether it leads anywhere.
        builder.ChainPolicy.VerificationTime = (Start(chain[0]) > now ? Start(chain[0]) : now).UtcDateTime;
        var builds = builder.Build(chain[0]);
        var statuses = builder.ChainStatus;
        foreach (var element in builder.ChainElements)
        {
            element.Certificate.Dispose();
        }

        if (builds)
        {
            return null;
        }

        var why = string.Join(", ", statuses.Select(status => status.Status));
        return statuses.All(status => status.Status == X509ChainStatusFlags.NotTimeValid)
            ? new CertificateProblem(CertificateFailure.Expired, $"an authority of the certificate's chain is not valid at {now:u}")
            : new CertificateProblem(CertificateFailure.Untrusted, $"the certificate's chain does not lead to a root that came with it ({why})");
    }

    private static string? Warning(X509Certificate2 leaf, DateTimeOffset now) =>
        Start(leaf) <= now
            ? null
            : $"the certificate begins at {Start(leaf):u}, {(Start(leaf) - now).TotalSeconds:0} s from now: this machine's clock or the CA's is wrong";
}
