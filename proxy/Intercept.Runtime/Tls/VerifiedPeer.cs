using Intercept.Core.Identity;
using Intercept.Linux.OpenSsl;

namespace Intercept.Runtime.Tls;

/// <summary>A peer whose chain and identity were found good under one context.</summary>
/// <param name="Identity">Its one URI SAN.</param>
/// <param name="Certificate">The leaf's hash.</param>
/// <param name="ValidUntil">The earliest expiry in its chain.</param>
public sealed record VerifiedPeer(SpiffeId Identity, CertificateHash Certificate, DateTimeOffset ValidUntil);
