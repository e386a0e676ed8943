using System.Collections.Immutable;
using Intercept.Core.Identity;

namespace Intercept.Runtime.Tls;

/// <summary>What one generation of a TLS context is made from.</summary>
public sealed record TlsContextOptions
{
    /// <summary>Leaf first, then intermediates. Servers need one; a client without one presents none.</summary>
    public PemFile? CertificateChain { get; init; }

    public PemFile? PrivateKey { get; init; }

    /// <summary>Needed unless <see cref="Peer"/> is <see cref="PeerCertificateMode.None"/>.</summary>
    public PemFile? TrustBundle { get; init; }

    public TlsProtocol Minimum { get; init; } = TlsProtocol.Tls13;

    public TlsProtocol Maximum { get; init; } = TlsProtocol.Tls13;

    /// <summary>OpenSSL's names, TLS 1.3 suites (TLS_...) and 1.2 ciphers mixed. Empty is Intercept's default.</summary>
    public ImmutableArray<string> CipherSuites { get; init; } = [];

    /// <summary>In order of preference. Empty negotiates none.</summary>
    public ImmutableArray<string> AlpnProtocols { get; init; } = [];

    public PeerCertificateMode Peer { get; init; } = PeerCertificateMode.Required;

    /// <summary>
    /// Resumes TLS 1.3 sessions within this context's life, with a fresh key exchange each time. The peer's identity is
    /// that of the session, whose certificate must still be valid. Both sides need it.
    /// </summary>
    public bool SessionResumption { get; init; }

    /// <summary>
    /// Asked once per certificate, after the chain: Accepted, TrustDomainRefused or SanRefused. Called on any loop.
    /// </summary>
    public Func<SpiffeId, PeerVerdict> PeerRule { get; init; } = static _ => PeerVerdict.Accepted;
}
