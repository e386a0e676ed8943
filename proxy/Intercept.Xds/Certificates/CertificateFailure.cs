namespace Intercept.Xds.Certificates;

/// <summary>Why a source of certificates gave none that can be used. The names are metric labels.</summary>
public enum CertificateFailure
{
    /// <summary>The service-account token cannot be read.</summary>
    Token,

    /// <summary>The authorities that the source's own certificate is verified with cannot be read.</summary>
    TrustFile,

    /// <summary>No connection, or one that ended.</summary>
    Unreachable,

    TimedOut,

    /// <summary>The source does not give this caller a certificate.</summary>
    Refused,

    /// <summary>The answer is not what the protocol says.</summary>
    Malformed,

    /// <summary>The certificate is for a key that is not ours.</summary>
    WrongKey,

    /// <summary>The certificate has another identity than the one that was asked for, several, or none.</summary>
    WrongIdentity,

    /// <summary>The certificate may not be used by a workload: an authority's, or one for another purpose.</summary>
    WrongUse,

    /// <summary>The certificate, or an authority above it, is no longer valid.</summary>
    Expired,

    /// <summary>No path from the certificate to the roots that came with it.</summary>
    Untrusted,
}
