using Intercept.Linux;
using Intercept.Linux.OpenSsl;
using Intercept.Runtime.Loops;
using Intercept.Runtime.Sockets;

namespace Intercept.Runtime.Tls;

/// <summary>TLS over a TCP connection, which it owns.</summary>
public sealed class TlsSocket : StreamSocket
{
    private readonly TcpSocket _transport;
    private readonly Pollable _pollable;
    private readonly TlsContext _context;
    private readonly SslConnection _ssl;
    private readonly PeerRule? _rule;
    private PeerVerification _verification;
    private bool _readNeedsWrite;
    private bool _writeNeedsRead;

    // An end or a failure that one read met behind data: no edge will announce it again.
    private SslStatus _endBehindData;

    private TlsSocket(TcpSocket transport, TlsContext context, string? serverName, PeerRule? rule)
    {
        _rule = rule;
        _transport = transport;
        _pollable = transport.Pollable;
        _context = context;
        _ssl = SslConnection.Create(context.Native, _pollable.Descriptor, transport.Remote, serverName);
    }

    public override TcpSocket Transport => _transport;

    public override bool IsReadable => _pollable.IsReadable || _endBehindData != SslStatus.Done || _ssl.HasPending;

    /// <summary>The peer's identity; null before the handshake, and when none was asked for or shown.</summary>
    public VerifiedPeer? Peer => _verification.Peer;

    /// <summary>When our certificate or the peer's expires, whichever is first; null when neither was shown.</summary>
    public DateTimeOffset? ValidUntil =>
        _context.CertificateExpiry is { } own && (Peer is not { } peer || own < peer.ValidUntil) ? own : Peer?.ValidUntil;

    /// <summary>"TLSv1.3"</summary>
    public string Version => _ssl.Version;

    /// <summary>"TLS_AES_128_GCM_SHA256"</summary>
    public string Cipher => _ssl.Cipher;

    public string? Alpn => _ssl.Alpn;

    /// <summary>The SNI that the client sent; on the server's side.</summary>
    public string? ServerName => _ssl.ServerName;

    public bool IsResumed => _ssl.IsResumed;

    /// <summary>OpenSSL's words for the failure that ended the stream; empty while there is none.</summary>
    public string FailureText => _ssl.Failure.Text ?? "";

    public static TlsSocket Accept(TcpSocket transport, TlsServerContext context) => new(transport, context, null, null);

    /// <param name="transport">Owned from now on.</param>
    /// <param name="context">May be disposed while the connection lives.</param>
    /// <param name="serverName">SNI; null sends none.</param>
    /// <param name="rule">Asked about the server instead of the context's, which many upstreams may share.</param>
    public static TlsSocket Connect(TcpSocket transport, TlsClientContext context, string? serverName, PeerRule? rule = null) =>
        new(transport, context, serverName, rule);

    /// <summary>
    /// Agrees on keys and verifies the peer. After anything but <see cref="HandshakeOutcome.Completed"/> the connection
    /// is only good for disposing; the peer has its alert then.
    /// </summary>
    public async ValueTask<HandshakeResult> HandshakeAsync(TimeSpan timeout)
    {
        using var deadline = new WaitDeadline(_pollable);
        while (true)
        {
            if (IsAborted)
            {
                return new HandshakeResult(HandshakeOutcome.Aborted, PeerVerdict.Unchecked, "");
            }

            if (deadline.Passed)
            {
                return new HandshakeResult(HandshakeOutcome.TimedOut, PeerVerdict.Unchecked, "");
            }

            switch (TryHandshake())
            {
                case SslStatus.Done:
                    return Complete();
                case SslStatus.WantRead:
                    deadline.Start(timeout);
                    await Readiness.ToRead(_pollable);
                    break;
                case SslStatus.WantWrite:
                    deadline.Start(timeout);
                    await Readiness.ToWrite(_pollable);
                    break;
                case SslStatus.ProtocolFailed:
                    return Failed();
                default:
                    return Lost();
            }
        }
    }

    public override IoResult Receive(Span<byte> buffer)
    {
        if (IsAborted)
        {
            return IoResult.Failed(Errno.Cancelled);
        }

        if (_endBehindData != SslStatus.Done)
        {
            return AfterCall(_endBehindData);
        }

        _readNeedsWrite = false;
        _ssl.SetReadiness(_pollable.IsReadable, _pollable.IsHungUp);
        var total = 0;
        var status = SslStatus.Done;

        // Several records to one buffer, so that the other side gets them in one send.
        while (total < buffer.Length)
        {
            status = _ssl.Read(buffer[total..], out var received);
            total += received;
            if (status != SslStatus.Done || (_ssl.IsDrained && !_ssl.HasPending))
            {
                break;
            }
        }

        NoteReadiness();

        if (total == 0)
        {
            _readNeedsWrite = status == SslStatus.WantWrite;
            return AfterCall(status);
        }

        _endBehindData = status is SslStatus.WantRead or SslStatus.WantWrite ? SslStatus.Done : status;
        return IoResult.Done(total);
    }

    public override IoResult Send(ReadOnlySpan<byte> data)
    {
        if (IsAborted)
        {
            return IoResult.Failed(Errno.Cancelled);
        }

        if (!_pollable.IsWritable)
        {
            return IoResult.WouldBlock;
        }

        _writeNeedsRead = false;
        var total = 0;
        while (total < data.Length)
        {
            var status = _ssl.Write(data[total..], out var sent);
            total += sent;
            if (status != SslStatus.Done)
            {
                NoteReadiness();
                _writeNeedsRead = status == SslStatus.WantRead;
                return total > 0 ? IoResult.Done(total) : AfterCall(status);
            }
        }

        return IoResult.Done(total);
    }

    public override Readiness ReadableAsync() =>
        _readNeedsWrite ? Readiness.ToWrite(_pollable) : Readiness.ToRead(_pollable);

    public override Readiness WritableAsync() =>
        _writeNeedsRead ? Readiness.ToRead(_pollable) : Readiness.ToWrite(_pollable);

    /// <summary>
    /// Sends close_notify and no FIN: the peer's TLS takes it for the end, and ours can still answer a key update.
    /// </summary>
    public override IoResult ShutdownSend()
    {
        if (IsAborted)
        {
            return IoResult.Failed(Errno.Cancelled);
        }

        var status = _ssl.Shutdown();
        NoteReadiness();
        return status == SslStatus.Done ? IoResult.Done(0) : AfterCall(status);
    }

    public override void Reset()
    {
        _transport.Reset();
        _ssl.Dispose();
    }

    protected override void Dispose(bool disposing)
    {
        _transport.Dispose();
        _ssl.Dispose();
    }

    private SslStatus TryHandshake()
    {
        _ssl.SetReadiness(_pollable.IsReadable, _pollable.IsHungUp);
        PeerVerifier.Begin(_rule);
        var status = _ssl.Handshake();
        NoteReadiness();
        var verification = PeerVerifier.TakeLatest();
        if (verification.Verdict != PeerVerdict.Unchecked)
        {
            _verification = verification;
        }

        return status;
    }

    private HandshakeResult Complete()
    {
        if (_context.Verifier is { } verifier && _verification.Verdict == PeerVerdict.Unchecked)
        {
            // No check ran: the session was resumed, or the peer showed nothing where that is allowed.
            if (_ssl.TryGetPeerCertificate(out var certificate))
            {
                _verification = verifier.Recall(certificate, _rule);
                if (_verification.Verdict != PeerVerdict.Accepted)
                {
                    return new HandshakeResult(HandshakeOutcome.PeerRefused, _verification.Verdict, _verification.Detail);
                }
            }
            else if (_context.Peer == PeerCertificateMode.Required)
            {
                return new HandshakeResult(HandshakeOutcome.PeerRefused, PeerVerdict.NoCertificate, "");
            }
        }

        return new HandshakeResult(HandshakeOutcome.Completed, _verification.Verdict, "");
    }

    private HandshakeResult Failed()
    {
        var failure = _ssl.Failure;
        if (failure.Reason is OpenSslError.UnexpectedEnd)
        {
            return Lost();
        }

        LetAlertArrive();
        if (failure.Reason == OpenSslError.NoPeerCertificate)
        {
            return new HandshakeResult(HandshakeOutcome.PeerRefused, PeerVerdict.NoCertificate, failure.Text);
        }

        if (_verification.Verdict is not (PeerVerdict.Unchecked or PeerVerdict.Accepted))
        {
            return new HandshakeResult(HandshakeOutcome.PeerRefused, _verification.Verdict, _verification.Detail);
        }

        var outcome = failure.PeerAlert != 0 ? HandshakeOutcome.RefusedByPeer : HandshakeOutcome.ProtocolError;
        return new HandshakeResult(outcome, PeerVerdict.Unchecked, failure.Text ?? "");
    }

    private HandshakeResult Lost()
    {
        // The kernel's own error comes first: what OpenSSL meets when it then writes its alert is EPIPE.
        var error = _pollable.Error != 0 ? _pollable.Error : _ssl.SocketError;
        return new HandshakeResult(
            HandshakeOutcome.ConnectionLost, PeerVerdict.Unchecked, error != 0 ? Errno.Describe(error) : "closed during the handshake");
    }

    // Closing with unread bytes sends RST, which may overtake the alert in the peer's queue: take what is there first.
    private void LetAlertArrive()
    {
        _ = _transport.ShutdownSend();
        _ = _transport.Receive(Loop.Buffers.Scratch.Span);
    }

    private void NoteReadiness()
    {
        if (_ssl.IsDrained && !_pollable.IsHungUp)
        {
            _pollable.ClearReadable();
        }

        if (_ssl.TakeSendBlocked())
        {
            _pollable.ClearWritable();
        }
    }

    private IoResult AfterCall(SslStatus status)
    {
        switch (status)
        {
            case SslStatus.WantRead or SslStatus.WantWrite:
                return IoResult.WouldBlock;
            case SslStatus.EndOfStream:
                return IoResult.EndOfStream;
            case SslStatus.SocketFailed:
                return IoResult.Failed(_ssl.SocketError);
            default:
                // A reset reads as an end once SO_ERROR was taken; without one, an end without close_notify is a stream
                // cut short, and no end to pass on as such.
                return IoResult.Failed(_pollable.Error != 0 ? _pollable.Error : Errno.ProtocolError);
        }
    }
}
