using Intercept.Core.Addressing;
using Intercept.Core.Outcomes;
using Intercept.Linux;
using Intercept.Mesh.Listeners;
using Intercept.Proxy.TlsContexts;
using Intercept.Runtime.Tls;
using Microsoft.Extensions.Logging;

namespace Intercept.Proxy.Serving;

/// <summary>Who the peer is, and whether it may.</summary>
internal sealed partial class DownstreamConnection
{
    private const byte HandshakeRecord = 22;

    private async ValueTask<bool> SecureAsync()
    {
        var timeout = _chain!.Chain.TransportSocketConnectTimeout;
        timeout = timeout > TimeSpan.Zero ? timeout : _noTimeout;
        var stats = _listener.Stats.Tls;
        if (!await ExpectTlsAsync(timeout) || _reason != CloseReason.None)
        {
            return false;
        }

        // Asked for after the wait: meanwhile another plan may have come, and the contexts of this one gone.
        if (_chain.Tls!.Current is not { } context)
        {
            return End(_chain.Tls.Absence.Reason, _chain.Tls.Absence.Detail);
        }

        var socket = TlsSocket.Accept(_transport, context);
        _downstream = socket;
        var result = await socket.HandshakeAsync(timeout);
        stats.Note(result, result.IsCompleted && socket.IsResumed);
        if (result.IsCompleted)
        {
            _isSecured = true;
            NoteExpiry(socket.ValidUntil);
            _facts = _facts with { Peer = socket.Peer?.Identity, ServerName = socket.ServerName ?? _facts.ServerName };
            return true;
        }

        return End(
            result.Outcome switch
            {
                HandshakeOutcome.TimedOut => CloseReason.TlsDownstreamHandshakeTimeout,
                HandshakeOutcome.PeerRefused when result.Verdict == PeerVerdict.NoCertificate => CloseReason.TlsDownstreamNoCertificate,
                HandshakeOutcome.PeerRefused => CloseReason.TlsDownstreamPeerRefused,
                HandshakeOutcome.Aborted => CloseReason.Drained,
                _ => CloseReason.TlsDownstreamHandshakeFailed,
            },
            HandshakeText.Describe(result));
    }

    /// <summary>Tells plaintext from a handshake that fails: the first byte of TLS is that of a handshake record.</summary>
    private async ValueTask<bool> ExpectTlsAsync(TimeSpan timeout)
    {
        if (_isInspected)
        {
            return _query.Transport == DetectedTransport.Tls || RefusePlaintext();
        }

        var peeked = await _transport.PeekAsync(0, timeout);
        switch (peeked.Status)
        {
            case IoStatus.Done:
                return _worker.Loop.Buffers.Scratch.Span[0] == HandshakeRecord || RefusePlaintext();
            case IoStatus.WouldBlock:
                _listener.Stats.Tls.Note(new HandshakeResult(HandshakeOutcome.TimedOut, default, ""), isResumed: false);
                return End(CloseReason.TlsDownstreamHandshakeTimeout, "sent nothing");
            default:
                return Lost(peeked);
        }
    }

    private bool RefusePlaintext()
    {
        _listener.Stats.Tls.PlaintextRefused.Add();
        return End(CloseReason.TlsDownstreamPlaintextRefused);
    }

    private bool Authorize()
    {
        var decision = _chain!.Evaluate(_facts);
        _policy = decision.PolicyName;
        if (decision.Allowed)
        {
            return true;
        }

        LogDenied(_worker.Services.Logger, decision.PolicyName, _facts.Peer?.Text ?? "no identity", _facts.Source, _facts.Destination);
        return End(CloseReason.PolicyDenied);
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "policy {Policy} denies {Peer} from {Source} to {Destination}")]
    private static partial void LogDenied(ILogger logger, string? policy, string peer, NetEndpoint source, NetEndpoint destination);
}
