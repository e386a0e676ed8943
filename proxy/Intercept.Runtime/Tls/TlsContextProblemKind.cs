namespace Intercept.Runtime.Tls;

/// <summary>What can be wrong with the material of a TLS context.</summary>
public enum TlsContextProblemKind : byte
{
    CertificateMissing,
    CertificateUnreadable,
    KeyMissing,
    KeyUnreadable,
    KeyDoesNotMatch,
    KeyTooSmall,
    CertificateExpired,
    CertificateNotYetValid,
    TrustBundleMissing,
    TrustBundleUnreadable,
    CipherSuiteUnknown,
    AlpnInvalid,

    /// <summary>OpenSSL refused for a reason of its own.</summary>
    Refused,
}
