using System.Runtime.InteropServices;

namespace Intercept.Linux.OpenSsl;

/// <summary>x509_vfy.h: the outcomes of chain verification that Intercept tells apart, and OpenSSL's words for all.</summary>
public static class ChainError
{
    public const int None = 0;
    public const int Unspecified = 1;
    public const int NotYetValid = 9;
    public const int Expired = 10;
    public const int LeafKeyTooSmall = 66;

    /// <summary>The chain is good, the identity is not wanted: the peer gets the alert handshake_failure.</summary>
    public const int RefusedByApplication = 50;

    public static string Describe(int error) =>
        Marshal.PtrToStringUTF8(LibCrypto.X509_verify_cert_error_string(error)) ?? $"error {error}";
}
