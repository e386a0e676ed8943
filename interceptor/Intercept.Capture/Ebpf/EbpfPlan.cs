using System.Collections.Immutable;
using Intercept.Capture.Configuration;
using Intercept.Capture.Planning;
using Intercept.Core.Addressing;

namespace Intercept.Capture.Ebpf;

/// <summary>
/// A configuration as the entries of the maps of bpf/. Pure. What <see cref="Unsupported"/> names, these programs cannot do as
/// the rules of <see cref="CapturePlan"/> do it, and there the backend must not be chosen.
/// </summary>
internal sealed record EbpfPlan(
    Pod Pod, ImmutableArray<PortRule> Ports, ImmutableArray<RangeRule> Ranges, ImmutableArray<OwnerRule> Owners)
{
    /// <summary>Stand for resolvers in IPv6, as 127.53.0.0/22 does in IPv4 without any route.</summary>
    public static Cidr DnsAliases { get; } = Cidr.Parse("::127.53.0.0/118");

    /// <param name="id">Tells this pod's rules from those of others in the same maps.</param>
    /// <param name="ownAddresses">Of every interface of the pod: what is called there stays on lo.</param>
    /// <param name="interfaces">Numbers of the pod's interfaces, by name.</param>
    public static EbpfPlan Create(
        CaptureConfiguration configuration, uint id, IEnumerable<NetAddress> ownAddresses, IReadOnlyDictionary<string, uint> interfaces)
    {
        var builder = new EbpfPlanBuilder(id);
        AddIdentities(builder, configuration);
        AddOutbound(builder, configuration, ownAddresses);
        AddInbound(builder, configuration, interfaces);
        return builder.Build(new Pod
        {
            Flags = FlagsOf(configuration),
            OutboundPort = configuration.OutboundPort,
            InboundPort = configuration.InboundPort,
            DnsPort = configuration.DnsPort,
            TunnelPort = configuration.TunnelPort ?? 0,
            EventsPerSecond = configuration.Sockets.EventsPerSecond,
            ProxyMark = configuration.Sockets.ProxyMark,
            ProxyMarkMask = configuration.Sockets.ProxyMarkMask,
        });
    }

    /// <param name="forwards">Whether the namespace forwards packets of others: sk_lookup sees only what is delivered here.</param>
    /// <returns>A sentence for each thing that was asked for and that only rules in the packet's way can do.</returns>
    public static ImmutableArray<string> Unsupported(CaptureConfiguration configuration, bool forwards, IReadOnlyDictionary<string, uint> interfaces)
    {
        // By its name a rule would know it whenever it comes.
        var absent = configuration.ExcludeInterfaces.Where(name => !interfaces.ContainsKey(name)).ToList();
        (bool Asked, string Why)[] reasons =
        [
            (configuration.DropInvalid, "packets that conntrack calls invalid are not seen by a hook on sockets"),
            (configuration is { InboundMode: InboundMode.Tproxy, CapturesInbound: true }, "TPROXY's marks are not set by a hook on sockets"),
            (configuration.CapturesOutbound && !configuration.ExcludeInterfaces.IsEmpty, "connect(2) is decided before the kernel chooses an interface"),
            (configuration.CapturesInbound && absent.Count > 0, $"programs know an interface by its number, and these are not here yet: {string.Join(", ", absent)}"),
            (!configuration.VirtualInterfaces.IsEmpty, "what a guest sends passes no socket of this namespace"),
            (forwards && configuration.CapturesInbound, "this namespace forwards packets, which pass no socket of it"),
        ];
        return [.. reasons.Where(reason => reason.Asked).Select(reason => reason.Why)];
    }

    /// <summary>The plan with the route that IPv6 sockets need to ask several resolvers.</summary>
    public static CapturePlan WithRoutes(CapturePlan plan) => !plan.Configuration.RedirectDns
        ? plan
        : plan with { Routing = plan.Routing with { LocalRanges = [DnsAliases] } };

    /// <summary>The same rules under another number.</summary>
    public EbpfPlan WithId(uint id) => new(
        Pod with { Id = id },
        [.. Ports.Select(rule => rule with { Pod = id })],
        [.. Ranges.Select(rule => rule with { Pod = id })],
        [.. Owners.Select(rule => rule with { Pod = id })]);

    private static PodFlags FlagsOf(CaptureConfiguration configuration)
    {
        var captures = NatOutboundRules.CapturesAnything(configuration);
        (bool On, PodFlags Flag)[] flags =
        [
            (captures || configuration.CaptureSelfCalls || configuration.RedirectDns, PodFlags.Outbound),
            (configuration.CaptureAllOutbound, PodFlags.OutboundAll),
            (!configuration.OwnerGroupsInclude.IsEmpty, PodFlags.OutboundGroups),
            (configuration.OutboundIncludeCidrs.Any(cidr => cidr.Network.IsLoopback), PodFlags.OutboundOverLo),
            (configuration.CaptureSelfCalls, PodFlags.SelfCalls),
            (configuration.RedirectDns, PodFlags.Dns),
            (configuration is { RedirectDns: true, CaptureAllDns: true }, PodFlags.DnsAll),
            (configuration.UdpPolicy == UdpPolicy.Count, PodFlags.UdpCount),
            (configuration.UdpPolicy == UdpPolicy.Refuse, PodFlags.UdpRefuse),
            (configuration.Sockets.PassBoundDevice, PodFlags.PassBoundDevice),
            (configuration.Sockets.BypassUntilReady, PodFlags.PassWithoutListener),
            (configuration.Sockets.GuardPorts, PodFlags.GuardPorts),
            (configuration.Sockets.ClientAddress, PodFlags.ClientAddress),
            (configuration.CapturesInbound, PodFlags.Inbound),
            (configuration.CaptureAllInbound, PodFlags.InboundAll),
        ];
        return flags.Where(flag => flag.On).Aggregate(PodFlags.None, (all, flag) => all | flag.Flag);
    }

    private static void AddIdentities(EbpfPlanBuilder builder, CaptureConfiguration configuration)
    {
        builder.Add(RuleKind.UidProxy, configuration.ProxyUids);
        builder.Add(RuleKind.GidProxy, configuration.ProxyGids);
        builder.Add(RuleKind.GroupExclude, configuration.OwnerGroupsExclude);
        builder.Add(RuleKind.GroupInclude, configuration.OwnerGroupsInclude);
    }

    private static void AddOutbound(EbpfPlanBuilder builder, CaptureConfiguration configuration, IEnumerable<NetAddress> ownAddresses)
    {
        Cidr loopbackIPv6 = new(NetAddress.LoopbackIPv6, 128);
        builder.Add(RuleKind.RangeLocal, [new(NetAddress.LoopbackIPv4, 8), loopbackIPv6]);
        builder.Add(RuleKind.RangeLocal, ownAddresses.Select(address => new Cidr(address, address.Width)));
        builder.Add(RuleKind.RangeLoopback, [configuration.LoopbackCidr, loopbackIPv6]);
        builder.Add(RuleKind.RangeOutExclude, configuration.OutboundExcludeCidrs);
        builder.Add(RuleKind.RangeOutInclude, configuration.OutboundIncludeCidrs);
        builder.Add(RuleKind.PortOutExclude, configuration.OutboundExcludePorts);
        builder.Add(RuleKind.PortOutInclude, configuration.OutboundIncludePorts);
        if (configuration.CaptureSelfCalls && configuration.TunnelPort is { } tunnel)
        {
            builder.Add(RuleKind.PortSelfExclude, [PortRange.Of(tunnel)]);
        }

        if (configuration.RedirectDns)
        {
            AddDns(builder, configuration);
        }
    }

    private static void AddDns(EbpfPlanBuilder builder, CaptureConfiguration configuration)
    {
        builder.Add(RuleKind.RangeDns, configuration.DnsServers.Select(server => new Cidr(server, server.Width)));
        if (configuration.CaptureSelfCalls)
        {
            // The proxy's resolver asks upstreams, which may be in this pod, and must not be sent to the inbound listener.
            builder.Add(RuleKind.PortSelfExclude, [PortRange.Of(53)]);
        }
    }

    private static void AddInbound(EbpfPlanBuilder builder, CaptureConfiguration configuration, IReadOnlyDictionary<string, uint> interfaces)
    {
        builder.Add(RuleKind.InterfaceInExclude, configuration.ExcludeInterfaces.Where(interfaces.ContainsKey).Select(name => interfaces[name]));
        builder.Add(RuleKind.PortInExclude, configuration.InboundExcludePorts);
        builder.Add(RuleKind.PortInInclude, configuration.InboundIncludePorts);
        builder.Add(RuleKind.RangeInExclude, configuration.InboundExcludeSources);
        if (configuration.TunnelPort is { } tunnel)
        {
            builder.Add(RuleKind.PortInExclude, [PortRange.Of(tunnel)]);
        }
    }
}
