using Intercept.Core.Problems;
using Intercept.Runtime.Tls;

namespace Intercept.Proxy.TlsContexts;

/// <summary>What is wrong with TLS material, in the words of the configuration.</summary>
internal static class TlsProblems
{
    public static Problem ToProblem(TlsContextProblem problem)
    {
        var (field, why, allowed) = problem.Kind switch
        {
            TlsContextProblemKind.CertificateMissing => ("tls_certificates.certificate_chain", "is missing", "a PEM file"),
            TlsContextProblemKind.CertificateUnreadable => ("tls_certificates.certificate_chain", "is not a certificate chain", "PEM certificates, the leaf first"),
            TlsContextProblemKind.KeyMissing => ("tls_certificates.private_key", "is missing", "a PEM file"),
            TlsContextProblemKind.KeyUnreadable => ("tls_certificates.private_key", "is not a private key", "an unencrypted PEM private key"),
            TlsContextProblemKind.KeyDoesNotMatch => ("tls_certificates.private_key", "does not belong to the certificate", "the key that the certificate was issued for"),
            TlsContextProblemKind.KeyTooSmall => ("tls_certificates.certificate_chain", "has too small a key", "RSA of 2048 bits or more, or P-256 or more"),
            TlsContextProblemKind.CertificateExpired => ("tls_certificates.certificate_chain", "has expired", "a certificate that is valid now"),
            TlsContextProblemKind.CertificateNotYetValid => ("tls_certificates.certificate_chain", "is not valid yet", "a certificate that is valid now"),
            TlsContextProblemKind.TrustBundleMissing => ("validation_context.trusted_ca", "is missing", "a PEM file"),
            TlsContextProblemKind.TrustBundleUnreadable => ("validation_context.trusted_ca", "is not a trust bundle", "PEM certificates"),
            TlsContextProblemKind.CipherSuiteUnknown => ("tls_params.cipher_suites", "holds a name that OpenSSL does not know", "OpenSSL's names, such as TLS_AES_128_GCM_SHA256"),
            TlsContextProblemKind.AlpnInvalid => ("alpn_protocols", "holds a name that cannot be sent", "1 to 255 ASCII characters each"),
            _ => ("common_tls_context", "is refused by OpenSSL", (string?)null),
        };
        var detail = problem.Detail.Length > 0 ? $" ({problem.Detail})" : "";
        return new Problem(problem.File.Length > 0 ? problem.File : "configuration", 0, field, null, why + detail, allowed);
    }
}
