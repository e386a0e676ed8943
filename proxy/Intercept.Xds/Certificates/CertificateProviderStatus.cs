using System.Collections.Immutable;

namespace Intercept.Xds.Certificates;

/// <summary>How it stands with a source of certificates, for admin pages and metrics.</summary>
public sealed record CertificateProviderStatus
{
    /// <summary>What kind of source, and where: "istio CA at istiod.istio-system.svc:15012".</summary>
    public required string Source { get; init; }

    /// <summary>The SPIFFE ID of the certificate in use; null until there is one.</summary>
    public string? Identity { get; init; }

    /// <summary>When the certificate in use ends.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>When the source last gave something that was taken into use.</summary>
    public DateTimeOffset? LastSuccess { get; init; }

    public DateTimeOffset? LastFailure { get; init; }

    /// <summary>The failure in words; kept after later successes.</summary>
    public string? LastError { get; init; }

    /// <summary>When the next certificate is asked for; null with a source that sends them by itself.</summary>
    public DateTimeOffset? NextRenewal { get; init; }

    /// <summary>What is odd about the certificate in use, though not enough to refuse it: a clock that is behind.</summary>
    public string? Warning { get; init; }

    /// <summary>Certificates and bundles that were taken into use.</summary>
    public long Renewals { get; init; }

    public ImmutableSortedDictionary<CertificateFailure, long> Failures { get; init; } = ImmutableSortedDictionary<CertificateFailure, long>.Empty;
}
