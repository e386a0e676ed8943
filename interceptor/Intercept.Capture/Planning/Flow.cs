using Intercept.Core.Addressing;

namespace Intercept.Capture.Planning;

/// <summary>The first packet of a connection, as the kernel sees it.</summary>
/// <param name="IsLocal">Sent by a process in this namespace (OUTPUT); else received from outside (PREROUTING).</param>
/// <param name="Interface">The interface it leaves by when local, else the one it came in by.</param>
public sealed record Flow(
    bool IsLocal, RuleProtocol Protocol, NetEndpoint Source, NetEndpoint Destination, string Interface)
{
    /// <summary>The sending process; null where there is no socket, so no owner rule matches.</summary>
    public uint? Uid { get; init; }

    public uint? Gid { get; init; }

    public uint Mark { get; init; }

    public uint ConnectionMark { get; init; }

    /// <summary>NAT is decided only for New; an Invalid packet skips the nat table.</summary>
    public ConnectionState State { get; init; } = ConnectionState.New;

    public bool IsIPv6 => Destination.Address.IsIPv6;
}
