namespace Intercept.Linux.OpenSsl;

/// <summary>A private key read from PEM: PKCS#8, SEC 1 or PKCS#1, unencrypted.</summary>
public sealed class PrivateKey : IDisposable
{
    private PrivateKey(nint pointer) => Pointer = pointer;

    internal nint Pointer { get; private set; }

    public static PrivateKey? TryParse(ReadOnlySpan<byte> pem, out OpenSslError failure)
    {
        var pointer = PemReader.PrivateKey(pem, out failure);
        return pointer == 0 ? null : new PrivateKey(pointer);
    }

    public bool Matches(Certificate certificate)
    {
        var matches = LibCrypto.X509_check_private_key(certificate.Pointer, Pointer) == 1;
        LibCrypto.ERR_clear_error();
        return matches;
    }

    public void Dispose()
    {
        if (Pointer != 0)
        {
            LibCrypto.EVP_PKEY_free(Pointer);
            Pointer = 0;
        }
    }
}
