using System.Collections.Immutable;
using Intercept.Core.Identity;
using Intercept.Xds.Transport;
using Microsoft.Extensions.Logging;

namespace Intercept.Xds.Certificates;

/// <summary>An istio.v1.auth.IstioCertificateService, and what it is asked for.</summary>
public sealed record IstioCaOptions : CertificateProviderOptions
{
    /// <summary>Istio's own, for whoever does not say.</summary>
    public static readonly TimeSpan DefaultLifetime = TimeSpan.FromHours(24);

    public required ServerAddress Address { get; init; }

    /// <summary>What this workload is; a certificate that says anything else is refused.</summary>
    public required SpiffeId Identity { get; init; }

    /// <summary>PEM of the authorities that may sign the CA's server certificate; null is plaintext, to this host only.</summary>
    public string? TrustPath { get; init; }

    /// <summary>The name that the server's certificate must bear; null is the host of the address.</summary>
    public string? ServerName { get; init; }

    /// <summary>The service account's token, read again for each call since it rotates; null sends none.</summary>
    public string? TokenPath { get; init; }

    /// <summary>The ClusterID header, by which istiod knows whose token it is to review.</summary>
    public string? ClusterId { get; init; }

    /// <summary>Further headers of each call (CA_HEADER_*).</summary>
    public ImmutableDictionary<string, string> Headers { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>For how long a certificate is asked for; the CA may give less.</summary>
    public TimeSpan Lifetime { get; init; } = DefaultLifetime;

    /// <summary>How long one call may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    public override ICertificateProvider Create(TimeProvider time, ILogger logger) => new IstioCaProvider(this, time, logger);
}
