using System.Collections.Immutable;

namespace Intercept.Proxy.Admin.State;

/// <summary>The material of one TLS context, as it is loaded now.</summary>
/// <param name="TrustBundle">What peers are verified against; empty when they are not.</param>
/// <param name="Chain">What is presented, leaf first; empty when nothing is.</param>
internal sealed record CertificateStatus(ImmutableArray<CertificateDetails> TrustBundle, ImmutableArray<CertificateDetails> Chain);
