using Intercept.Capture.Configuration;
using Intercept.Core.Addressing;

namespace Intercept.Capture.Planning;

/// <summary>
/// What a packet must be for a rule to act on it; null does not ask. There is no negation: iptables and nftables disagree about a
/// negated owner of a packet that has no socket (iptables matches it, nftables does not), and a rule set without it reads top down.
/// </summary>
public sealed record RuleMatch
{
    public static RuleMatch Everything { get; } = new();

    public Cidr? Source { get; init; }

    public Cidr? Destination { get; init; }

    public string? InInterface { get; init; }

    public string? OutInterface { get; init; }

    public RuleProtocol? Protocol { get; init; }

    public PortRange? SourcePorts { get; init; }

    public PortRange? DestinationPorts { get; init; }

    public uint? Uid { get; init; }

    public uint? Gid { get; init; }

    public uint? Mark { get; init; }

    public uint? ConnectionMark { get; init; }

    public ConnectionState ConnectionState { get; init; }

    /// <summary>A packet of whoever accepted the connection.</summary>
    public bool IsReply { get; init; }

    /// <summary>A packet whose destination the nat table has changed, ours or anybody's.</summary>
    public bool IsTranslated { get; init; }
}
