using System.Collections.Immutable;
using Intercept.Capture.Configuration;
using Intercept.Core.Addressing;

namespace Intercept.Capture.Planning;

/// <summary>
/// What processes in the pod send. Who calls is asked first (INTERCEPT_OUTPUT), then what the application calls (INTERCEPT_APPLICATION),
/// then where to (INTERCEPT_OUTBOUND).
/// </summary>
internal static class NatOutboundRules
{
    private const string Loopback = "lo";
    private static readonly Cidr _loopbackIPv6 = new(NetAddress.LoopbackIPv6, 128);
    private static readonly PortRange _dns = PortRange.Of(53);

    public static bool CapturesAnything(CaptureConfiguration configuration) =>
        configuration.CaptureAllOutbound || !configuration.OutboundIncludeCidrs.IsEmpty || !configuration.OutboundIncludePorts.IsEmpty;

    public static ImmutableArray<CaptureRule> Create(CaptureConfiguration configuration)
    {
        var outbound = Outbound(configuration);
        var dns = Dns(configuration);
        var application = Application(configuration, outbound, dns);
        var proxy = configuration.CaptureSelfCalls ? Proxy(configuration) : null;
        var output = Output(configuration, proxy, application);
        if (output.IsEmpty)
        {
            return [];
        }

        var hook = new ChainBuilder(RuleTable.Nat, RuleChain.Output);
        hook.Add(RuleMatch.Everything, RuleAction.Jump(output.Chain), "outbound capture");
        return [.. hook.Rules, .. output.Rules, .. proxy?.Rules ?? [], .. application.Rules, .. dns.Rules, .. outbound.Rules];
    }

    private static ChainBuilder Output(CaptureConfiguration configuration, ChainBuilder? proxy, ChainBuilder application)
    {
        var chain = new ChainBuilder(RuleTable.Nat, RuleChain.InterceptOutput);
        if (proxy is null && application.IsEmpty)
        {
            return chain;
        }

        chain.ReturnInterfaces(configuration.ExcludeInterfaces, incoming: false, "excluded interface");
        chain.ReturnPorts(configuration.OutboundExcludePorts, RuleProtocol.Tcp, "excluded outbound port");
        chain.ReturnPorts(configuration.OutboundExcludePorts, RuleProtocol.Udp, "excluded outbound port");
        if (proxy is not null)
        {
            foreach (var address in (ReadOnlySpan<NetAddress>)[CapturePlan.PassthroughIPv4, CapturePlan.PassthroughIPv6])
            {
                chain.Add(
                    new RuleMatch { Source = new Cidr(address, address.Width), OutInterface = Loopback },
                    RuleAction.Return,
                    "passthrough from the proxy to the application");
            }
        }

        chain.ForEachIdentity(
            configuration, RuleMatch.Everything, proxy is null ? RuleAction.Return : RuleAction.Goto(proxy.Chain), "the proxy itself");
        foreach (var group in configuration.OwnerGroupsExclude)
        {
            chain.Add(new RuleMatch { Gid = group }, RuleAction.Return, $"excluded owner group {group}");
        }

        if (application.IsEmpty)
        {
            return chain;
        }

        foreach (var group in configuration.OwnerGroupsInclude)
        {
            chain.Add(new RuleMatch { Gid = group }, RuleAction.Goto(application.Chain), $"included owner group {group}");
        }

        if (configuration.OwnerGroupsInclude.IsEmpty)
        {
            chain.Add(RuleMatch.Everything, RuleAction.Goto(application.Chain), "the application");
        }

        return chain;
    }

    // Every identity of the proxy comes here before any rule for the application, so that a self-call enters the inbound listener
    // whichever uid or gid makes it.
    private static ChainBuilder Proxy(CaptureConfiguration configuration)
    {
        var chain = new ChainBuilder(RuleTable.Nat, RuleChain.InterceptProxy);
        var onLoopback = new RuleMatch { OutInterface = Loopback };
        if (configuration is { InboundMode: InboundMode.Tproxy, CapturesInbound: true })
        {
            // The call keeps the peer's source address, so only the mark tells it from a self-call.
            chain.Add(
                onLoopback with { Mark = configuration.TproxyMark }, RuleAction.Return, "tproxy call from the proxy to the application");
        }

        AddLoopback(chain, configuration, "the proxy to localhost");
        var tcp = onLoopback with { Protocol = RuleProtocol.Tcp };
        if (configuration.TunnelPort is { } tunnel)
        {
            chain.Add(tcp with { DestinationPorts = PortRange.Of(tunnel) }, RuleAction.Return, "hbone has its own listener");
        }

        if (configuration.RedirectDns)
        {
            // The proxy's resolver asks upstreams, which may be in this pod, and must not be sent to the inbound listener.
            chain.Add(tcp with { DestinationPorts = _dns }, RuleAction.Return, "dns of the proxy");
        }

        chain.Add(tcp, RuleAction.Redirect(configuration.InboundPort), "a self-call enters the inbound listener");
        chain.Add(RuleMatch.Everything, RuleAction.Return, "calls of the proxy leave");
        return chain;
    }

    private static ChainBuilder Application(CaptureConfiguration configuration, ChainBuilder outbound, ChainBuilder dns)
    {
        var chain = new ChainBuilder(RuleTable.Nat, RuleChain.InterceptApplication);
        if (!dns.IsEmpty)
        {
            chain.Add(RuleMatch.Everything, RuleAction.Jump(dns.Chain), "dns");
        }

        if (outbound.IsEmpty)
        {
            return chain;
        }

        // Whoever includes a loopback range wants calls on lo captured.
        if (!configuration.OutboundIncludeCidrs.Any(cidr => cidr.Network.IsLoopback))
        {
            chain.Add(new RuleMatch { OutInterface = Loopback }, RuleAction.Return, "the application to its own pod");
        }

        AddLoopback(chain, configuration, "the application to localhost");
        chain.Add(RuleMatch.Everything, RuleAction.Goto(outbound.Chain), "by destination");
        return chain;
    }

    private static ChainBuilder Dns(CaptureConfiguration configuration)
    {
        var chain = new ChainBuilder(RuleTable.Nat, RuleChain.InterceptDns);
        if (!configuration.RedirectDns)
        {
            return chain;
        }

        var action = RuleAction.Redirect(configuration.DnsPort);
        foreach (var protocol in (ReadOnlySpan<RuleProtocol>)[RuleProtocol.Tcp, RuleProtocol.Udp])
        {
            var match = new RuleMatch { Protocol = protocol, DestinationPorts = _dns };
            if (configuration.CaptureAllDns)
            {
                chain.Add(match, action, "capture dns");
                continue;
            }

            foreach (var server in configuration.DnsServers)
            {
                chain.Add(match with { Destination = new Cidr(server, server.Width) }, action, $"capture dns to {server}");
            }
        }

        return chain;
    }

    private static ChainBuilder Outbound(CaptureConfiguration configuration)
    {
        var chain = new ChainBuilder(RuleTable.Nat, RuleChain.InterceptOutbound);
        if (!CapturesAnything(configuration))
        {
            return chain;
        }

        foreach (var cidr in configuration.OutboundExcludeCidrs)
        {
            chain.Add(new RuleMatch { Destination = cidr }, RuleAction.Return, $"excluded outbound range {cidr}");
        }

        var tcp = new RuleMatch { Protocol = RuleProtocol.Tcp };
        var action = RuleAction.Redirect(configuration.OutboundPort);
        foreach (var range in configuration.OutboundIncludePorts)
        {
            chain.Add(tcp with { DestinationPorts = range }, action, $"capture outbound port {range}");
        }

        foreach (var cidr in configuration.OutboundIncludeCidrs)
        {
            chain.Add(tcp with { Destination = cidr }, action, $"capture outbound range {cidr}");
        }

        if (configuration.CaptureAllOutbound)
        {
            chain.Add(tcp, action, "capture outbound");
        }

        return chain;
    }

    private static void AddLoopback(ChainBuilder chain, CaptureConfiguration configuration, string why)
    {
        chain.Add(new RuleMatch { Destination = configuration.LoopbackCidr }, RuleAction.Return, why);
        chain.Add(new RuleMatch { Destination = _loopbackIPv6 }, RuleAction.Return, why);
    }
}
