namespace Intercept.Linux.OpenSsl;

/// <summary>
/// The certificates of one trust bundle, to verify chains against instead of a context's own store. Only read once made,
/// so that handshakes on several threads may use it.
/// </summary>
public sealed class TrustAnchors : IDisposable
{
    private nint _stack;

    private TrustAnchors(nint stack) => _stack = stack;

    internal nint Stack => _stack;

    public static TrustAnchors Of(CertificateList bundle)
    {
        var stack = LibCrypto.OPENSSL_sk_new_null();
        for (var index = 0; index < bundle.Count; index++)
        {
            var certificate = bundle[index].Pointer;
            _ = LibCrypto.X509_up_ref(certificate);
            _ = LibCrypto.OPENSSL_sk_push(stack, certificate);
        }

        return new TrustAnchors(stack);
    }

    /// <summary>Not while a handshake may use it: the context that it belongs to frees it.</summary>
    public void Dispose()
    {
        var stack = Interlocked.Exchange(ref _stack, 0);
        if (stack == 0)
        {
            return;
        }

        for (var index = 0; index < LibCrypto.OPENSSL_sk_num(stack); index++)
        {
            LibCrypto.X509_free(LibCrypto.OPENSSL_sk_value(stack, index));
        }

        LibCrypto.OPENSSL_sk_free(stack);
    }
}
