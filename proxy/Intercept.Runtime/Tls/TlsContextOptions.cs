using System.Collections.Immutable;

namespace Intercept.Runtime.Tls;

/// <summary>What one generation of a TLS context is made from.</summary>
public sealed record TlsContextOptions
{
    /// <summary>Leaf first, then intermediates. Servers need one; a client without one presents none.</summary>
    public PemFile? CertificateChain { get; init; }

    public PemFile? PrivateKey { get; init; }

    /// <summary>One bundle for every trust domain that the rule allows.</summary>
    public PemFile? TrustBundle { get; init; }

    /// <summary>
    /// A bundle for each trust domain, instead of the one; the key "" is the trust domain of our own certificate. One of
    /// the two is needed unless <see cref="Peer"/> is <see cref="PeerCertificateMode.None"/>.
    /// </summary>
    public ImmutableDictionary<string, PemFile> TrustBundles { get; init; } = ImmutableDictionary<string, PemFile>.Empty;

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

    /// <summary>Asked in every handshake, after the chain; a connection may bring another.</summary>
    public PeerRule PeerRule { get; init; } = static (_, _) => PeerVerdict.Accepted;
}
