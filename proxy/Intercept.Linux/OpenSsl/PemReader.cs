using System.Runtime.InteropServices;

namespace Intercept.Linux.OpenSsl;

/// <summary>Reads PEM blocks from memory.</summary>
internal static unsafe class PemReader
{
    // PEM_R_NO_START_LINE: the text has no further block of the wanted kind.
    private const int NoFurtherBlock = 108;

    internal static List<nint> Certificates(ReadOnlySpan<byte> pem, out OpenSslError failure)
    {
        var certificates = new List<nint>();
        LibCrypto.ERR_clear_error();
        fixed (byte* start = pem)
        {
            var bio = LibCrypto.BIO_new_mem_buf(start, pem.Length);
            while (true)
            {
                var certificate = LibCrypto.PEM_read_bio_X509(bio, null, &RefusePassword, 0);
                if (certificate == 0)
                {
                    break;
                }

                certificates.Add(certificate);
            }

            _ = LibCrypto.BIO_free(bio);
        }

        failure = OpenSslError.Take();
        if (failure.Reason == NoFurtherBlock && certificates.Count > 0)
        {
            failure = default;
        }

        return certificates;
    }

    internal static nint PrivateKey(ReadOnlySpan<byte> pem, out OpenSslError failure)
    {
        LibCrypto.ERR_clear_error();
        nint key;
        fixed (byte* start = pem)
        {
            var bio = LibCrypto.BIO_new_mem_buf(start, pem.Length);
            key = LibCrypto.PEM_read_bio_PrivateKey(bio, null, &RefusePassword, 0);
            _ = LibCrypto.BIO_free(bio);
        }

        failure = OpenSslError.Take();
        return key;
    }

    // Without it OpenSSL would ask for the password of an encrypted key on the terminal.
    [UnmanagedCallersOnly]
    private static int RefusePassword(byte* buffer, int length, int isWriting, nint argument) => -1;
}
