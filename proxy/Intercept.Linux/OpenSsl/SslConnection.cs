using System.Runtime.InteropServices;
using System.Text;
using Intercept.Core.Addressing;

namespace Intercept.Linux.OpenSsl;

/// <summary>
/// One SSL object over one socket. Owned by one event loop and not finalized: the connection that owns it disposes it.
/// </summary>
public sealed unsafe class SslConnection : IDisposable
{
    private const int SetServerName = 55;
    private const int HostName = 0;
    private const int ErrorWantRead = 2;
    private const int ErrorWantWrite = 3;
    private const int ErrorZeroReturn = 6;
    private const int SentAndReceived = 1 | 2;

    // The session callback runs inside the call that this thread is in.
    [ThreadStatic]
    private static SslConnection? _reading;

    private readonly SslContext _context;
    private readonly NetEndpoint _remote;
    private readonly string? _serverName;
    private nint _ssl;
    private SocketBio.State* _state;

    // What was agreed on outlives the SSL object: whoever closes the stream may ask for it afterwards.
    private string _version = "";
    private string _cipher = "";
    private bool _isResumed;

    private SslConnection(SslContext context, nint ssl, SocketBio.State* state, NetEndpoint remote, string? serverName)
    {
        _remote = remote;
        _serverName = serverName;
        _context = context;
        _ssl = ssl;
        _state = state;
    }

    /// <summary>Why the last call failed with <see cref="SslStatus.ProtocolFailed"/>.</summary>
    public OpenSslError Failure { get; private set; }

    public int SocketError => _state is null ? 0 : _state->Error;

    /// <summary>Decrypted or still encrypted bytes lie in OpenSSL's buffer: no edge will announce them.</summary>
    public bool HasPending => _ssl != 0 && LibSsl.SSL_has_pending(_ssl) != 0;

    public bool IsResumed => _ssl == 0 ? _isResumed : LibSsl.SSL_session_reused(_ssl) != 0;

    public string Version => _ssl == 0 ? _version : StaticText.Of(LibSsl.SSL_get_version(_ssl));

    public string Cipher =>
        _ssl == 0 ? _cipher : StaticText.Of(LibSsl.SSL_CIPHER_get_name(LibSsl.SSL_get_current_cipher(_ssl)));

    /// <summary>SNI, on the server's side; null once disposed.</summary>
    public string? ServerName => _ssl == 0 ? null : Marshal.PtrToStringUTF8(LibSsl.SSL_get_servername(_ssl, HostName));

    public string? Alpn
    {
        get
        {
            if (_ssl == 0)
            {
                return null;
            }

            byte* protocol;
            uint length;
            LibSsl.SSL_get0_alpn_selected(_ssl, &protocol, &length);
            return length == 0 ? null : Encoding.ASCII.GetString(protocol, (int)length);
        }
    }

    /// <param name="context">Retained until the connection is disposed.</param>
    /// <param name="descriptor">Stays the caller's.</param>
    /// <param name="remote">The peer, by which clients keep sessions.</param>
    /// <param name="serverName">SNI to send; clients only.</param>
    public static SslConnection Create(SslContext context, int descriptor, NetEndpoint remote, string? serverName)
    {
        var ssl = LibSsl.SSL_new(context.Pointer);
        if (ssl == 0)
        {
            throw new InvalidOperationException($"SSL_new: {OpenSslError.Take().Text}");
        }

        var state = (SocketBio.State*)NativeMemory.AllocZeroed((nuint)sizeof(SocketBio.State));
        state->Descriptor = descriptor;
        var bio = SocketBio.Create(state);
        LibSsl.SSL_set_bio(ssl, bio, bio);
        if (context.IsServer)
        {
            LibSsl.SSL_set_accept_state(ssl);
        }
        else
        {
            LibSsl.SSL_set_connect_state(ssl);
            if (serverName is not null)
            {
                var name = Encoding.ASCII.GetBytes(serverName + '\0');
                fixed (byte* start = name)
                {
                    _ = LibSsl.SSL_ctrl(ssl, SetServerName, HostName, start);
                }
            }

            context.Sessions?.Offer(ssl, remote, serverName);
        }

        context.Retain();
        return new SslConnection(context, ssl, state, remote, serverName);
    }

    /// <summary>Tells OpenSSL's side what the loop knows of the socket, before a call.</summary>
    public void SetReadiness(bool mayRead, bool isHungUp)
    {
        _state->MayRead = mayRead;
        _state->IsHungUp = isHungUp;
    }

    /// <summary>After a call: the kernel has nothing more to read.</summary>
    public bool IsDrained => !_state->MayRead;

    /// <summary>After a call: the kernel took no more. Asking resets it.</summary>
    public bool TakeSendBlocked()
    {
        var blocked = _state->IsSendBlocked;
        _state->IsSendBlocked = false;
        return blocked;
    }

    public SslStatus Handshake()
    {
        LibCrypto.ERR_clear_error();
        _reading = this;
        var result = LibSsl.SSL_do_handshake(_ssl);
        _reading = null;
        if (_context is { IsServer: true, ResumesSessions: true } && LibSsl.SSL_session_reused(_ssl) == 1)
        {
            // The client has its session already: a new one per connection would cost both sides for nothing.
            _ = LibSsl.SSL_set_num_tickets(_ssl, 0);
        }

        return result == 1 ? SslStatus.Done : Classify(result);
    }

    public SslStatus Read(Span<byte> buffer, out int received)
    {
        LibCrypto.ERR_clear_error();
        _reading = this;
        fixed (byte* start = buffer)
        {
            received = LibSsl.SSL_read(_ssl, start, buffer.Length);
        }

        if (received > 0)
        {
            return SslStatus.Done;
        }

        var status = Classify(received);
        received = 0;
        return status;
    }

    public SslStatus Write(ReadOnlySpan<byte> data, out int sent)
    {
        LibCrypto.ERR_clear_error();
        fixed (byte* start = data)
        {
            sent = LibSsl.SSL_write(_ssl, start, data.Length);
        }

        if (sent > 0)
        {
            return SslStatus.Done;
        }

        var status = Classify(sent);
        sent = 0;
        return status;
    }

    /// <summary>Sends close_notify. Reading goes on.</summary>
    public SslStatus Shutdown()
    {
        LibCrypto.ERR_clear_error();
        var result = LibSsl.SSL_shutdown(_ssl);

        // 0: ours is sent, the peer's has not come. That is the half-close asked for.
        return result >= 0 ? SslStatus.Done : Classify(result);
    }

    /// <summary>The peer's leaf; false when it showed none.</summary>
    public bool TryGetPeerCertificate(out Certificate certificate)
    {
        certificate = new Certificate(_ssl == 0 ? 0 : LibSsl.SSL_get0_peer_certificate(_ssl));
        return certificate.Exists;
    }

    public void Dispose()
    {
        if (_ssl != 0)
        {
            (_version, _cipher, _isResumed) = (Version, Cipher, IsResumed);
            if (Failure.Reason != 0)
            {
                _context.Sessions?.Forget(_remote, _serverName);
            }
            else if (_context.ResumesSessions)
            {
                // Without close_notify both ways OpenSSL would forget the session, as SSL 2 wanted it (RFC 8446 does not).
                LibSsl.SSL_set_shutdown(_ssl, SentAndReceived);
            }

            LibSsl.SSL_free(_ssl);
            NativeMemory.Free(_state);
            _ssl = 0;
            _state = null;
            _context.Release();
        }
    }

    internal static delegate* unmanaged<nint, nint, int> NewSession => &KeepSession;

    [UnmanagedCallersOnly]
    private static int KeepSession(nint ssl, nint session)
    {
        if (_reading is not { } connection || connection._context.Sessions is not { } sessions)
        {
            return 0;
        }

        sessions.Keep(connection._remote, connection._serverName, session);
        return 1;
    }

    private SslStatus Classify(int result)
    {
        switch (LibSsl.SSL_get_error(_ssl, result))
        {
            case ErrorWantRead:
                return SslStatus.WantRead;
            case ErrorWantWrite:
                return SslStatus.WantWrite;
            case ErrorZeroReturn:
                return SslStatus.EndOfStream;
            default:
                Failure = OpenSslError.Take();
                return _state->Error != 0 ? SslStatus.SocketFailed : SslStatus.ProtocolFailed;
        }
    }
}
