namespace Intercept.Runtime.Tls;

/// <summary>What became of a peer's certificate.</summary>
public enum PeerVerdict : byte
{
    /// <summary>None was asked for, or none was shown where that is allowed.</summary>
    Unchecked,
    Accepted,
    NoCertificate,

    /// <summary>No path to the trust bundle, a broken signature, a wrong purpose: the detail has OpenSSL's words.</summary>
    ChainInvalid,
    Expired,
    NotYetValid,
    NoUriSan,
    SeveralUriSans,
    MalformedSpiffeId,
    TrustDomainRefused,
    SanRefused,
    KeyTooSmall,

    /// <summary>A certificate that may sign others is nobody's identity (X509-SVID 5.2).</summary>
    SigningCertificate,

    /// <summary>The check itself failed: a bug, treated as a refusal.</summary>
    InternalError,
}
