namespace Intercept.Runtime.Sockets;

/// <summary>How to listen.</summary>
public sealed record ListenOptions
{
    // The kernel caps it at net.core.somaxconn, 4096 by default.
    public int Backlog { get; init; } = 4096;

    /// <summary>Accepts connections to addresses that are not local (TPROXY). Needs CAP_NET_ADMIN.</summary>
    public bool Transparent { get; init; }

    /// <summary>Lets every loop have a listener of its own on the port.</summary>
    public bool ReusePort { get; init; } = true;

    public KeepAlive? KeepAlive { get; init; }
}
