namespace Intercept.Runtime.Tls;

/// <summary>How a handshake ended.</summary>
public enum HandshakeOutcome : byte
{
    Completed,
    TimedOut,

    /// <summary>We refused the peer: see the verdict.</summary>
    PeerRefused,

    /// <summary>The peer sent a fatal alert: the detail names it.</summary>
    RefusedByPeer,

    /// <summary>No TLS, no common version or cipher, or a broken message.</summary>
    ProtocolError,

    /// <summary>The connection ended or was reset before the handshake did.</summary>
    ConnectionLost,

    /// <summary>Ended from our side: policy, drain.</summary>
    Aborted,
}
