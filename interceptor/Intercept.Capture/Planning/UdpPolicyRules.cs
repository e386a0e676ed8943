using System.Collections.Immutable;
using Intercept.Capture.Configuration;

namespace Intercept.Capture.Planning;

/// <summary>
/// Datagrams that pass the proxy by, where a policy asks for them. In the filter table, because that one sees every packet and not only
/// the first of a flow, and because iptables refuses nowhere else.
/// </summary>
internal static class UdpPolicyRules
{
    public static ImmutableArray<CaptureRule> Create(CaptureConfiguration configuration)
    {
        var policy = new ChainBuilder(RuleTable.Filter, RuleChain.InterceptUdp);
        var walk = new OutboundWalk(configuration, RuleTable.Filter, RuleProtocol.Udp, RuleAction.Goto(policy.Chain), "datagrams outbound");
        var outbound = walk.Outbound();
        if (configuration.UdpPolicy == UdpPolicy.Pass || outbound.IsEmpty)
        {
            return [];
        }

        // One rule at the end of every way there, so that its counter is the policy's.
        var refuses = configuration.UdpPolicy == UdpPolicy.Refuse;
        policy.Add(
            RuleMatch.Everything,
            refuses ? RuleAction.Refuse : RuleAction.Return,
            refuses ? "the proxy carries no datagrams: refused" : "the proxy carries no datagrams: counted");
        var application = new ChainBuilder(RuleTable.Filter, RuleChain.InterceptApplication);
        walk.AddApplication(application, outbound);
        var output = new ChainBuilder(RuleTable.Filter, RuleChain.InterceptOutput);
        if (configuration.RedirectDns)
        {
            // The nat table comes first and has sent it to the proxy on lo. The packet still leaves by the interface that it was
            // routed to, so no rule about lo or a range of loopback need hold for it.
            var query = new RuleMatch { Protocol = RuleProtocol.Udp, DestinationPorts = PortRange.Of(configuration.DnsPort), IsTranslated = true };
            output.Add(query, RuleAction.Return, "captured dns");
        }

        walk.AddOutput(output, [RuleProtocol.Udp], RuleAction.Return, application);
        var hook = new ChainBuilder(RuleTable.Filter, RuleChain.Output);
        hook.Add(new RuleMatch { Protocol = RuleProtocol.Udp }, RuleAction.Jump(output.Chain), "udp policy");
        return [.. hook.Rules, .. output.Rules, .. application.Rules, .. outbound.Rules, .. policy.Rules];
    }
}
