using System.Collections.Immutable;
using Intercept.Linux.OpenSsl;
using Intercept.Proxy.Admin.State;
using Intercept.Runtime.Tls;

namespace Intercept.Proxy.TlsContexts;

/// <summary>What admin shows of the certificates in a file.</summary>
internal static class CertificateReading
{
    public static ImmutableArray<CertificateDetails> Describe(PemFile? file, TimeProvider time)
    {
        if (file is null)
        {
            return [];
        }

        using var list = CertificateList.TryParse(file.Content.Span, out _);
        var details = ImmutableArray.CreateBuilder<CertificateDetails>();
        var now = time.GetUtcNow();
        for (var index = 0; index < (list?.Count ?? 0); index++)
        {
            var certificate = list![index];
            details.Add(new CertificateDetails(
                file.Path, certificate.SerialNumber, [.. certificate.UriNames()], now + certificate.UntilValid, now + certificate.UntilExpiry));
        }

        return details.ToImmutable();
    }
}
