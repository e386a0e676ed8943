namespace Intercept.Runtime.Sockets;

/// <summary>Why a connection could not be opened.</summary>
public enum ConnectFailure : byte
{
    None,
    Refused,
    TimedOut,
    Unreachable,
    OutOfDescriptors,

    /// <summary>The caller cancelled.</summary>
    Cancelled,

    /// <summary>A reset during the handshake, or an option or address that the kernel refused: see the errno.</summary>
    Other,
}
