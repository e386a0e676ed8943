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

    /// <summary>Whom the other side in this namespace is to take for its client. Where nothing takes it, it sees this process.</summary>
    public NetEndpoint? PresentedClient { get; init; }

    public KeepAlive? KeepAlive { get; init; }
}
