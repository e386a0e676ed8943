using System.Security.Cryptography.X509Certificates;
using Intercept.Mesh.Tls;

namespace Intercept.Xds.Certificates;

/// <summary>
/// What one provider has in the store. Roots go in before the certificate that they are new with, so that nobody shows a
/// certificate of an authority that he would not take from a peer. Streams bring secrets while time retires roots: each
/// call is whole.
/// </summary>
internal sealed class SecretPublication(SecretStore store, string origin)
{
    private readonly Lock _lock = new();
    private readonly TrustOverlap _trust = new();
    private WorkloadCertificate? _certificate;

    /// <summary>When the certificate in use ends; null without one.</summary>
    public DateTimeOffset? Expires => Volatile.Read(ref _certificate)?.NotAfter;

    /// <summary>When <see cref="Retire"/> has something to do.</summary>
    public DateTimeOffset? NextRetirement
    {
        get
        {
            lock (_lock)
            {
                return _trust.NextRetirement;
            }
        }
    }

    /// <param name="bundles">The roots by trust domain, complete; null leaves them as they are.</param>
    /// <param name="certificate">Null leaves it as it is.</param>
    public void Publish(
        IEnumerable<KeyValuePair<string, X509Certificate2Collection>>? bundles, WorkloadCertificate? certificate, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (certificate is not null)
            {
                _trust.Observe(certificate.NotAfter - certificate.NotBefore);
                _certificate = certificate;
            }

            if (bundles is not null)
            {
                _trust.Announce(bundles, now);
            }

            Put();
        }
    }

    public void Retire(DateTimeOffset now)
    {
        lock (_lock)
        {
            if (_trust.Retire(now))
            {
                Put();
            }
        }
    }

    /// <summary>The source says that this workload has no certificate any more.</summary>
    public void WithdrawCertificate()
    {
        lock (_lock)
        {
            _certificate = null;
            store.Remove(Secret.DefaultName);
        }
    }

    /// <summary>The source says that there is nobody to trust any more.</summary>
    public void WithdrawTrust(DateTimeOffset now) => Publish([], null, now);

    private void Put()
    {
        if (_trust.Bundles.IsEmpty)
        {
            store.Remove(Secret.RootsName);
        }
        else
        {
            store.Put(new Secret { Name = Secret.RootsName, Origin = origin, TrustBundles = _trust.Bundles });
        }

        if (_certificate is { } certificate)
        {
            store.Put(new Secret
            {
                Name = Secret.DefaultName,
                Origin = origin,
                CertificateChain = certificate.Chain,
                PrivateKey = certificate.Key,
                TrustBundles = _trust.Bundles,
                NotBefore = certificate.NotBefore,
                NotAfter = certificate.NotAfter,
            });
        }
    }
}
