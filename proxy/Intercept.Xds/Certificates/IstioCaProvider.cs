using Intercept.Mesh.Tls;
using Microsoft.Extensions.Logging;

namespace Intercept.Xds.Certificates;

/// <summary>
/// Certificates from an Istio CA: a new key for each, made here; the next one at half life. While the CA is away or its
/// answers are wrong the certificate in use stays, and the CA is asked again and again.
/// </summary>
public sealed class IstioCaProvider(IstioCaOptions options, TimeProvider time, ILogger logger) : ICertificateProvider
{
    /// <summary>As the secrets name it.</summary>
    public const string Origin = "istio CA";

    private readonly ProviderJournal _journal = new($"{Origin} at {options.Address}", time, logger);

    // Random.Shared spreads proxies that start together; it makes no keys.
    private readonly RenewalSchedule _schedule = new(Random.Shared);

    public CertificateProviderStatus Status => _journal.Status;

    public async Task RunAsync(SecretStore store, CancellationToken cancellation)
    {
        var publication = new SecretPublication(store, Origin);
        var call = new IstioCaCall(options, () => store.Find(Secret.DefaultName), time);
        var failures = 0;
        try
        {
            while (true)
            {
                var problem = await call.AskAsync((certificate, roots) => Take(publication, certificate, new(Secret.OwnTrustDomain, roots)), cancellation);
                failures = problem is null ? 0 : failures + 1;
                if (problem is { } failed)
                {
                    var now = time.GetUtcNow();
                    _journal.Failed(failed, now + _schedule.Retry(failures, publication.Expires, now));
                }

                await time.WaitUntilAsync(Status.NextRenewal, publication, cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // As told.
        }
    }

    private void Take(
        SecretPublication publication,
        WorkloadCertificate certificate,
        KeyValuePair<string, System.Security.Cryptography.X509Certificates.X509Certificate2Collection> roots)
    {
        var now = time.GetUtcNow();
        publication.Publish([roots], certificate, now);
        _journal.Renewed(certificate, now + _schedule.Renewal(certificate.NotBefore, certificate.NotAfter, now));
    }
}
