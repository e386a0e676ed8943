using System.Runtime.InteropServices;

namespace Intercept.Linux.OpenSsl;

/// <summary>The first entry of the thread's error queue, which the taking empties.</summary>
/// <param name="Reason">SSL_R_ or another library's reason number; 0 when the queue was empty.</param>
/// <param name="Text">OpenSSL's words: "certificate verify failed".</param>
public readonly record struct OpenSslError(int Reason, string Text)
{
    /// <summary>SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE</summary>
    public const int NoPeerCertificate = 199;

    /// <summary>SSL_R_CERTIFICATE_VERIFY_FAILED</summary>
    public const int VerificationFailed = 134;

    /// <summary>SSL_R_UNEXPECTED_EOF_WHILE_READING</summary>
    public const int UnexpectedEnd = 294;

    // SSL_AD_REASON_OFFSET: alerts of the peer are reported as 1000 + the alert's number.
    private const int AlertOffset = 1000;
    private const int ReasonMask = 0x7fffff;

    /// <summary>The alert that the peer sent (RFC 8446 6), 0 when the error is not one.</summary>
    public int PeerAlert => Reason is > AlertOffset and < AlertOffset + 256 ? Reason - AlertOffset : 0;

    internal static OpenSslError Take()
    {
        var error = LibCrypto.ERR_get_error();
        LibCrypto.ERR_clear_error();
        return error == 0
            ? default
            : new OpenSslError((int)(error & ReasonMask), Marshal.PtrToStringUTF8(LibCrypto.ERR_reason_error_string(error)) ?? $"error {error:x}");
    }
}
