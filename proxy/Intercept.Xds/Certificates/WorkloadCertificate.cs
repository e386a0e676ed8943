using Intercept.Core.Identity;

namespace Intercept.Xds.Certificates;

/// <summary>A certificate that has passed the checks, ready for the store.</summary>
/// <param name="Chain">PEM, leaf first.</param>
/// <param name="Key">PEM, PKCS#8.</param>
/// <param name="Warning">What is odd about it, though not enough to refuse it.</param>
internal sealed record WorkloadCertificate(
    SpiffeId Identity,
    ReadOnlyMemory<byte> Chain,
    ReadOnlyMemory<byte> Key,
    DateTimeOffset NotBefore,
    DateTimeOffset NotAfter,
    string? Warning);
