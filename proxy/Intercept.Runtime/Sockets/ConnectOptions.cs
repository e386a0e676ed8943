using Intercept.Core.Addressing;

namespace Intercept.Runtime.Sockets;

/// <summary>How to open a connection.</summary>
public sealed record ConnectOptions
{
    public required TimeSpan Timeout { get; init; }

    /// <summary>The source address; null leaves it to the kernel's routes.</summary>
    public NetAddress? BindAddress { get; init; }

    /// <summary>SO_MARK. Needs CAP_NET_ADMIN.</summary>
    public uint? Mark { get; init; }

    public KeepAlive? KeepAlive { get; init; }
}
