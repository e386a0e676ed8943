namespace Intercept.Linux.OpenSsl;

/// <summary>What became of one call into OpenSSL.</summary>
public enum SslStatus : byte
{
    Done,
    WantRead,
    WantWrite,

    /// <summary>close_notify.</summary>
    EndOfStream,

    /// <summary>The socket failed: <see cref="SslConnection.SocketError"/>.</summary>
    SocketFailed,

    /// <summary>The peer broke the protocol, was refused, or cut the stream short: <see cref="SslConnection.Failure"/>.</summary>
    ProtocolFailed,
}
