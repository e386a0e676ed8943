using System.Collections.Immutable;
using Intercept.Capture.Configuration;
using Intercept.Core.Addressing;

namespace Intercept.Capture.Planning;

/// <summary>
/// Capture of what processes in the pod send: <see cref="OutboundWalk"/>, beside it what only the proxy (INTERCEPT_PROXY) and only DNS
/// (INTERCEPT_DNS) is asked.
/// </summary>
internal static class NatOutboundRules
{
    private static readonly PortRange _dns = PortRange.Of(53);

    public static bool CapturesAnything(CaptureConfiguration configuration) => OutboundWalk.LeadsAnywhere(configuration);

    public static ImmutableArray<CaptureRule> Create(CaptureConfiguration configuration)
    {
        var walk = new OutboundWalk(
            configuration, RuleTable.Nat, RuleProtocol.Tcp, RuleAction.Redirect(configuration.OutboundPort), "capture outbound");
        var outbound = walk.Outbound();
        var dns = Dns(configuration);
        var application = Application(walk, outbound, dns);
        var proxy = configuration.CaptureSelfCalls ? Proxy(configuration) : null;
        var output = Output(walk, proxy, application);
        if (output.IsEmpty)
        {
            return [];
        }

        var hook = new ChainBuilder(RuleTable.Nat, RuleChain.Output);
        hook.Add(RuleMatch.Everything, RuleAction.Jump(output.Chain), "outbound capture");
        return [.. hook.Rules, .. output.Rules, .. proxy?.Rules ?? [], .. application.Rules, .. dns.Rules, .. outbound.Rules];
    }

    private static ChainBuilder Output(OutboundWalk walk, ChainBuilder? proxy, ChainBuilder application)
    {
        var chain = new ChainBuilder(RuleTable.Nat, RuleChain.InterceptOutput);
        if (proxy is not null || !application.IsEmpty)
        {
            // Datagrams of the excluded ports are not asked whether they are DNS.
            walk.AddOutput(
                chain, [RuleProtocol.Tcp, RuleProtocol.Udp], proxy is null ? RuleAction.Return : RuleAction.Goto(proxy.Chain), application);
        }

        return chain;
    }

    // Every identity of the proxy comes here before any rule for the application, so that a self-call enters the inbound listener
    // whichever uid or gid makes it.
    private static ChainBuilder Proxy(CaptureConfiguration configuration)
    {
        var chain = new ChainBuilder(RuleTable.Nat, RuleChain.InterceptProxy);
        var onLoopback = new RuleMatch { OutInterface = OutboundWalk.Loopback };
        if (configuration is { InboundMode: InboundMode.Tproxy, CapturesInbound: true })
        {
            // The call keeps the peer's source address, so only the mark tells it from a self-call.
            chain.Add(
                onLoopback with { Mark = configuration.TproxyMark }, RuleAction.Return, "tproxy call from the proxy to the application");
        }

        OutboundWalk.ReturnLoopback(chain, configuration, "the proxy to localhost");
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

    private static ChainBuilder Application(OutboundWalk walk, ChainBuilder outbound, ChainBuilder dns)
    {
        var chain = new ChainBuilder(RuleTable.Nat, RuleChain.InterceptApplication);
        if (!dns.IsEmpty)
        {
            chain.Add(RuleMatch.Everything, RuleAction.Jump(dns.Chain), "dns");
        }

        walk.AddApplication(chain, outbound);
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
}
