using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Intercept.Xds.Transport;

namespace Intercept.Control.Authority;

/// <summary>How chains are checked here: to our own roots and no others, without asking the network for anything.</summary>
internal static class ChainPolicy
{
    public static X509Chain NewChain(
        X509Certificate2Collection roots, X509Certificate2Collection intermediates, DateTimeOffset now, Oid? purpose)
    {
        CertificateStores.NeedNoHome();
        var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(roots);
        chain.ChainPolicy.ExtraStore.AddRange(intermediates);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTimeIgnored = false;
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        if (purpose is not null)
        {
            _ = chain.ChainPolicy.ApplicationPolicy.Add(purpose);
        }

        return chain;
    }

    public static string Describe(X509Chain chain) =>
        string.Join(", ", chain.ChainStatus.Select(status => status.Status.ToString()).Distinct());
}
