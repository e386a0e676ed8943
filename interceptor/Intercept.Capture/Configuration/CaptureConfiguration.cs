using System.Collections.Immutable;
using Intercept.Core.Addressing;

namespace Intercept.Capture.Configuration;

/// <summary>
/// What to capture. IPv4 and IPv6 always, with the same meaning. The checks that
/// concern several fields are in <see cref="CaptureConfigurationRules"/>.
/// </summary>
public sealed record CaptureConfiguration
{
    public ushort OutboundPort { get; init; } = 15001;

    public ushort InboundPort { get; init; } = 15006;

    /// <summary>HBONE goes straight to its listener; null where nothing tunnels (Linkerd).</summary>
    public ushort? TunnelPort { get; init; } = 15008;

    public ushort DnsPort { get; init; } = 15053;

    public ImmutableArray<uint> ProxyUids { get; init; } = [1337];

    public ImmutableArray<uint> ProxyGids { get; init; } = [1337];

    public InboundMode InboundMode { get; init; }

    public bool CaptureAllInbound { get; init; }

    /// <summary>Captured inbound ports when not all are.</summary>
    public ImmutableArray<PortRange> InboundIncludePorts { get; init; } = [];

    /// <summary>An excluded port stays excluded whatever the include list says.</summary>
    public ImmutableArray<PortRange> InboundExcludePorts { get; init; } = [];

    /// <summary>Peers whose inbound traffic is left alone, whatever its protocol (Linkerd's subnets-to-ignore).</summary>
    public ImmutableArray<Cidr> InboundExcludeSources { get; init; } = [];

    public bool CaptureAllOutbound { get; init; }

    /// <summary>Captured destinations when not all are.</summary>
    public ImmutableArray<Cidr> OutboundIncludeCidrs { get; init; } = [];

    public ImmutableArray<Cidr> OutboundExcludeCidrs { get; init; } = [];

    /// <summary>Captured whatever the address, unless the address is excluded.</summary>
    public ImmutableArray<PortRange> OutboundIncludePorts { get; init; } = [];

    /// <summary>Left alone whoever calls, the proxy's self-calls and DNS included; TCP and UDP.</summary>
    public ImmutableArray<PortRange> OutboundExcludePorts { get; init; } = [];

    /// <summary>When not empty, only the traffic of these groups is captured.</summary>
    public ImmutableArray<uint> OwnerGroupsInclude { get; init; } = [];

    public ImmutableArray<uint> OwnerGroupsExclude { get; init; } = [];

    /// <summary>What counts as this host in IPv4; in IPv6 it is always ::1/128.</summary>
    public Cidr LoopbackCidr { get; init; } = new(NetAddress.LoopbackIPv4, 32);

    public ImmutableArray<string> ExcludeInterfaces { get; init; } = [];

    /// <summary>What arrives here comes from a guest behind the pod, and is treated as outbound.</summary>
    public ImmutableArray<string> VirtualInterfaces { get; init; } = [];

    public bool RedirectDns { get; init; }

    public bool CaptureAllDns { get; init; }

    /// <summary>The resolvers whose traffic is captured when not all DNS is.</summary>
    public ImmutableArray<NetAddress> DnsServers { get; init; } = [];

    /// <summary>What becomes of the datagrams that pass the proxy by.</summary>
    public UdpPolicy UdpPolicy { get; init; }

    public bool DropInvalid { get; init; }

    public uint TproxyMark { get; init; } = 1337;

    public uint TproxyTable { get; init; } = 133;

    /// <summary>
    /// The proxy's calls to its own pod enter the inbound listener, and its calls from 127.0.0.6 or ::6 reach the application.
    /// Off for Linkerd, which leaves everything on the loopback interface alone.
    /// </summary>
    public bool CaptureSelfCalls { get; init; } = true;

    public SocketOptions Sockets { get; init; }

    public bool CapturesInbound => CaptureAllInbound || !InboundIncludePorts.IsEmpty;

    public bool CapturesOutbound =>
        CaptureAllOutbound || !OutboundIncludeCidrs.IsEmpty || !OutboundIncludePorts.IsEmpty || CaptureSelfCalls || RedirectDns || !VirtualInterfaces.IsEmpty;

    /// <summary>What the pod sends, and nothing of what it is sent.</summary>
    public CaptureConfiguration OutboundOnly() => this with
    {
        InboundMode = InboundMode.Redirect,
        CaptureAllInbound = false,
        InboundIncludePorts = [],
        InboundExcludePorts = [],
        InboundExcludeSources = [],
        DropInvalid = false,
    };

    /// <summary>What the pod is sent, and nothing of what it sends.</summary>
    public CaptureConfiguration InboundOnly() => this with
    {
        CaptureAllOutbound = false,
        OutboundIncludeCidrs = [],
        OutboundExcludeCidrs = [],
        OutboundIncludePorts = [],
        OutboundExcludePorts = [],
        OwnerGroupsInclude = [],
        OwnerGroupsExclude = [],
        VirtualInterfaces = [],
        RedirectDns = false,
        CaptureAllDns = false,
        DnsServers = [],
        UdpPolicy = UdpPolicy.Pass,
        CaptureSelfCalls = false,
    };
}
