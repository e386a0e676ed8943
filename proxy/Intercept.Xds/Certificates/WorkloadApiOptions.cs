using Intercept.Core.Identity;
using Intercept.Xds.Transport;
using Microsoft.Extensions.Logging;

namespace Intercept.Xds.Certificates;

/// <summary>A SPIFFE Workload API, as SPIRE's agent serves it.</summary>
public sealed record WorkloadApiOptions : CertificateProviderOptions
{
    /// <summary>SPIFFE_ENDPOINT_SOCKET.</summary>
    public required ServerAddress Address { get; init; }

    /// <summary>Which of this workload's identities; null is the first, which the API calls the default.</summary>
    public SpiffeId? Identity { get; init; }

    /// <summary>How long the first message of a stream may take; later ones come when there is something new.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    public override ICertificateProvider Create(TimeProvider time, ILogger logger) => new WorkloadApiProvider(this, time, logger);
}
