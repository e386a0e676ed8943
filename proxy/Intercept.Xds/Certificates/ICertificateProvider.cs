using Intercept.Mesh.Tls;

namespace Intercept.Xds.Certificates;

/// <summary>
/// A source of this workload's certificate and trust bundles. It keeps two secrets up to date: "default" with the
/// certificate, "ROOTCA" with the bundles alone; what is in force stays there while the source is away.
/// </summary>
public interface ICertificateProvider
{
    /// <summary>A picture that does not change; take it anew for the next.</summary>
    CertificateProviderStatus Status { get; }

    /// <summary>Ends when cancelled, and only then: whatever goes wrong is told in the status and tried again.</summary>
    Task RunAsync(SecretStore store, CancellationToken cancellation);
}
