namespace Intercept.Capture.Ebpf;

/// <summary>enum pod_flags of bpf/types.h.</summary>
[Flags]
internal enum PodFlags : uint
{
    None = 0,
    Outbound = 1 << 0,

    /// <summary>Captures what no rule excludes; without it only what a rule includes.</summary>
    OutboundAll = 1 << 1,

    /// <summary>Only the groups of <see cref="RuleKind.GroupInclude"/> are captured.</summary>
    OutboundGroups = 1 << 2,

    /// <summary>A socket bound to a device cannot reach the listener on loopback: it is refused, or with this it passes uncaptured.</summary>
    PassBoundDevice = 1 << 3,
    Inbound = 1 << 4,
    InboundAll = 1 << 5,

    /// <summary>Without a listener a connection is refused, or with this it passes uncaptured.</summary>
    PassWithoutListener = 1 << 6,

    /// <summary>The proxy's calls to its own pod enter the inbound listener.</summary>
    SelfCalls = 1 << 7,

    /// <summary>What the application calls over lo is captured like anything else.</summary>
    OutboundOverLo = 1 << 8,

    /// <summary>Whoever asks a resolver on port 53 asks the proxy's: those of <see cref="RuleKind.RangeDns"/>, or all.</summary>
    Dns = 1 << 9,
    DnsAll = 1 << 10,

    /// <summary><see cref="EbpfPlan.DnsAliases"/> is routed to lo here, so that an IPv6 socket can ask several resolvers.</summary>
    DnsAliases6 = 1 << 11,

    /// <summary>Datagrams for which a connection would be captured are counted.</summary>
    UdpCount = 1 << 12,

    /// <summary>They are refused, and counted.</summary>
    UdpRefuse = 1 << 13,

    /// <summary>Nobody but the proxy binds the proxy's ports.</summary>
    GuardPorts = 1 << 14,

    /// <summary>The proxy may say whom the application is to take for its client.</summary>
    ClientAddress = 1 << 15,

    /// <summary>Events also for what is captured, not only for what is refused.</summary>
    EventsCaptured = 1 << 16,
}
