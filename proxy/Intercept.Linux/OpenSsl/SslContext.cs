using System.Runtime.InteropServices;

namespace Intercept.Linux.OpenSsl;

/// <summary>
/// One SSL_CTX: one generation of certificate, trust and parameters. Counted, because its connections outlive its
/// replacement: whoever made it holds one reference, every connection another. Safe to share between loops once built.
/// </summary>
public sealed unsafe class SslContext
{
    private const int ControlMode = 33;
    private const int ControlReadAhead = 41;
    private const int ControlSessionCacheSize = 42;
    private const int ControlSessionCacheMode = 44;
    private const int ControlChainCertificate = 89;
    private const int ControlGroups = 92;
    private const int ControlSignatureAlgorithms = 98;
    private const int ControlMinimumVersion = 123;
    private const int ControlMaximumVersion = 124;

    // Partial writes and moving buffers are what a non-blocking relay does; released buffers are what makes an idle
    // connection small.
    private const int Mode = 0x1 | 0x2 | 0x4 | 0x10;

    // No compression (CRIME), no renegotiation (TLS 1.2), the server's order of ciphers. No stateless tickets: a TLS 1.3
    // ticket then names a session in memory, and resuming it parses no certificate.
    private const ulong Options = 0x20000 | (1UL << 30) | (1UL << 22) | 0x4000;
    private const ulong PartialChain = 0x80000;
    private const int SecurityLevel = 2;
    private const int ServerCache = 0x2;
    private const int ClientCacheOfOurOwn = 0x1 | 0x200;

    // A session keeps its peer's certificate, some five KiB.
    private const int MaximumServerSessions = 1024;
    private const int VerifyPeer = 1;
    private const int FailWithoutCertificate = 2;

    private readonly List<TrustAnchors> _anchors = [];
    private GCHandle _check;
    private byte* _alpn;
    private int _references = 1;

    private SslContext(nint pointer, bool isServer)
    {
        Pointer = pointer;
        IsServer = isServer;
    }

    internal nint Pointer { get; private set; }

    internal bool IsServer { get; }

    /// <summary>Null on servers, and where sessions are not resumed.</summary>
    internal SslSessionStore? Sessions { get; private set; }

    internal bool ResumesSessions { get; private set; }

    /// <param name="isServer">The side of the handshake.</param>
    /// <param name="minimumVersion">Wire number: 0x0303 is TLS 1.2, 0x0304 is 1.3.</param>
    /// <param name="maximumVersion">Wire number.</param>
    public static SslContext Create(bool isServer, int minimumVersion, int maximumVersion)
    {
        LibCrypto.ERR_clear_error();
        var pointer = LibSsl.SSL_CTX_new(isServer ? LibSsl.TLS_server_method() : LibSsl.TLS_client_method());
        if (pointer == 0)
        {
            throw new InvalidOperationException($"SSL_CTX_new: {OpenSslError.Take().Text}");
        }

        var context = new SslContext(pointer, isServer);
        _ = LibSsl.SSL_CTX_set_options(pointer, Options);
        context.Control(ControlMode, Mode);
        context.Control(ControlReadAhead, 1);
        context.Control(ControlSessionCacheMode, 0);
        context.Control(ControlMinimumVersion, minimumVersion);
        context.Control(ControlMaximumVersion, maximumVersion);
        _ = LibSsl.SSL_CTX_set_num_tickets(pointer, 0);

        // openssl.cnf may be absent from the image, and the library's own default is level 1.
        LibSsl.SSL_CTX_set_security_level(pointer, SecurityLevel);

        // Curves that every peer has; the first is the cheapest, and a short list is a short ClientHello.
        fixed (byte* groups = "X25519:P-256:P-384\0"u8)
        {
            _ = LibSsl.SSL_CTX_ctrl(pointer, ControlGroups, 0, groups);
        }

        // What a mesh signs with, instead of the two dozen that OpenSSL weighs one by one in every handshake.
        fixed (byte* algorithms = "ECDSA+SHA256:ed25519:RSA-PSS+SHA256:ECDSA+SHA384:RSA-PSS+SHA384:RSA-PSS+SHA512:RSA+SHA256:RSA+SHA384\0"u8)
        {
            _ = LibSsl.SSL_CTX_ctrl(pointer, ControlSignatureAlgorithms, 0, algorithms);
        }

        return context;
    }

    /// <summary>Presents the chain, leaf first.</summary>
    /// <returns>What OpenSSL refused; default when nothing.</returns>
    public OpenSslError UseCredential(CertificateList chain, PrivateKey key)
    {
        LibCrypto.ERR_clear_error();
        var accepted = LibSsl.SSL_CTX_use_certificate(Pointer, chain[0].Pointer) == 1
            && LibSsl.SSL_CTX_use_PrivateKey(Pointer, key.Pointer) == 1;
        for (var index = 1; accepted && index < chain.Count; index++)
        {
            accepted = LibSsl.SSL_CTX_ctrl(Pointer, ControlChainCertificate, 1, (void*)chain[index].Pointer) == 1;
        }

        return accepted ? default : Failure();
    }

    /// <summary>Makes the bundle what chains are verified against where the check names no other anchors.</summary>
    public void Trust(CertificateList bundle)
    {
        var store = LibSsl.SSL_CTX_get_cert_store(Pointer);
        for (var index = 0; index < bundle.Count; index++)
        {
            _ = LibCrypto.X509_STORE_add_cert(store, bundle[index].Pointer);
        }

        LibCrypto.ERR_clear_error();
    }

    /// <summary>Keeps anchors as long as a handshake may use them.</summary>
    public void Own(TrustAnchors anchors) => _anchors.Add(anchors);

    /// <summary>Verifies peers by the check.</summary>
    public void VerifyPeers(PeerCheck check, bool isRequired)
    {
        // A bundle may name an intermediate as its anchor (SPIFFE X.509-SVID 4.1 leaves it to the bundle's owner).
        _ = LibCrypto.X509_VERIFY_PARAM_set_flags(LibSsl.SSL_CTX_get0_param(Pointer), PartialChain);
        LibSsl.SSL_CTX_set_verify(Pointer, isRequired ? VerifyPeer | FailWithoutCertificate : VerifyPeer, 0);
        _check = GCHandle.Alloc(check);
        LibSsl.SSL_CTX_set_cert_verify_callback(Pointer, PeerCheck.Callback, GCHandle.ToIntPtr(_check));
        LibCrypto.ERR_clear_error();
    }

    /// <summary>TLS 1.3 suites, "TLS_AES_128_GCM_SHA256:...".</summary>
    public bool SetCipherSuites(string suites) => Succeeded(LibSsl.SSL_CTX_set_ciphersuites(Pointer, suites));

    /// <summary>TLS 1.2 ciphers by OpenSSL's names.</summary>
    public bool SetCipherList(string ciphers) => Succeeded(LibSsl.SSL_CTX_set_cipher_list(Pointer, ciphers));

    /// <param name="protocols">As on the wire: each name with its length in front.</param>
    public void SetAlpn(ReadOnlySpan<byte> protocols)
    {
        if (!IsServer)
        {
            fixed (byte* start = protocols)
            {
                _ = LibSsl.SSL_CTX_set_alpn_protos(Pointer, start, (uint)protocols.Length);
            }

            return;
        }

        _alpn = (byte*)NativeMemory.Alloc((nuint)protocols.Length + sizeof(int));
        *(int*)_alpn = protocols.Length;
        protocols.CopyTo(new Span<byte>(_alpn + sizeof(int), protocols.Length));
        LibSsl.SSL_CTX_set_alpn_select_cb(Pointer, &SelectAlpn, (nint)_alpn);
    }

    /// <summary>
    /// Lets TLS 1.3 sessions be resumed, always with a fresh key exchange. They are this context's own: another
    /// generation of certificate, trust or rules begins without any.
    /// </summary>
    public void EnableResumption(TimeSpan lifetime)
    {
        ResumesSessions = true;
        _ = LibSsl.SSL_CTX_set_timeout(Pointer, (long)lifetime.TotalSeconds);
        if (!IsServer)
        {
            Sessions = new SslSessionStore();
            Control(ControlSessionCacheMode, ClientCacheOfOurOwn);
            LibSsl.SSL_CTX_sess_set_new_cb(Pointer, SslConnection.NewSession);
            return;
        }

        Control(ControlSessionCacheMode, ServerCache);
        Control(ControlSessionCacheSize, MaximumServerSessions);
        _ = LibSsl.SSL_CTX_set_num_tickets(Pointer, 1);

        // Sessions of a verified peer need a context name; the cache is this context's alone, so any will do.
        fixed (byte* name = "intercept"u8)
        {
            _ = LibSsl.SSL_CTX_set_session_id_context(Pointer, name, 9);
        }
    }

    public void Retain() => Interlocked.Increment(ref _references);

    public void Release()
    {
        if (Interlocked.Decrement(ref _references) > 0)
        {
            return;
        }

        Sessions?.Clear();
        LibSsl.SSL_CTX_free(Pointer);
        Pointer = 0;
        NativeMemory.Free(_alpn);
        _alpn = null;
        _anchors.ForEach(anchors => anchors.Dispose());
        if (_check.IsAllocated)
        {
            _check.Free();
        }
    }

    [UnmanagedCallersOnly]
    private static int SelectAlpn(nint ssl, byte** chosen, byte* chosenLength, byte* offered, uint offeredLength, nint own)
    {
        const int Acknowledged = 0;
        const int NotAcknowledged = 3;
        const int Negotiated = 1;
        var length = *(int*)own;
        return LibSsl.SSL_select_next_proto(chosen, chosenLength, (byte*)own + sizeof(int), (uint)length, offered, offeredLength) == Negotiated
            ? Acknowledged
            : NotAcknowledged;
    }

    private static OpenSslError Failure()
    {
        var failure = OpenSslError.Take();
        return failure.Reason == 0 ? new OpenSslError(-1, "refused without a reason") : failure;
    }

    private static bool Succeeded(int result)
    {
        LibCrypto.ERR_clear_error();
        return result == 1;
    }

    private void Control(int command, long value) => _ = LibSsl.SSL_CTX_ctrl(Pointer, command, value, null);
}
