namespace Intercept.Linux.OpenSsl;

/// <summary>What a peer showed, during its handshake.</summary>
public readonly ref struct PresentedChain
{
    private readonly nint _storeContext;

    internal PresentedChain(nint storeContext) => _storeContext = storeContext;

    public Certificate Leaf => new(LibCrypto.X509_STORE_CTX_get0_cert(_storeContext));

    /// <summary>The earliest expiry in the verified chain, from now.</summary>
    public TimeSpan UntilChainExpiry
    {
        get
        {
            var until = Leaf.UntilExpiry;
            var chain = LibCrypto.X509_STORE_CTX_get0_chain(_storeContext);
            for (var index = 0; chain != 0 && index < LibCrypto.OPENSSL_sk_num(chain); index++)
            {
                var expiry = new Certificate(LibCrypto.OPENSSL_sk_value(chain, index)).UntilExpiry;
                until = expiry < until ? expiry : until;
            }

            return until;
        }
    }

    /// <summary>Builds and checks the chain.</summary>
    /// <param name="anchors">What it must end at; null is the context's one trust bundle.</param>
    /// <returns>X509_V_OK or X509_V_ERR_..., see <see cref="ChainError"/>.</returns>
    public int VerifyChain(TrustAnchors? anchors)
    {
        if (anchors is not null)
        {
            LibCrypto.X509_STORE_CTX_set0_trusted_stack(_storeContext, anchors.Stack);
        }

        if (LibCrypto.X509_verify_cert(_storeContext) == 1)
        {
            return ChainError.None;
        }

        LibCrypto.ERR_clear_error();
        var error = LibCrypto.X509_STORE_CTX_get_error(_storeContext);
        return error == ChainError.None ? ChainError.Unspecified : error;
    }
}
