namespace Intercept.Xds.Certificates;

/// <summary>The published names of the reasons.</summary>
public static class CertificateFailures
{
    /// <summary>wrong_key, timed_out, ...</summary>
    public static string Label(this CertificateFailure reason) => reason switch
    {
        CertificateFailure.Token => "token",
        CertificateFailure.TrustFile => "trust_file",
        CertificateFailure.Unreachable => "unreachable",
        CertificateFailure.TimedOut => "timed_out",
        CertificateFailure.Refused => "refused",
        CertificateFailure.Malformed => "malformed",
        CertificateFailure.WrongKey => "wrong_key",
        CertificateFailure.WrongIdentity => "wrong_identity",
        CertificateFailure.WrongUse => "wrong_use",
        CertificateFailure.Expired => "expired",
        CertificateFailure.Untrusted => "untrusted",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, null),
    };
}
