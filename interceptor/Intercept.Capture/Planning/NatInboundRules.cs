using System.Collections.Immutable;
using Intercept.Capture.Configuration;

namespace Intercept.Capture.Planning;

/// <summary>What comes from outside: other pods to the application, and guests behind a virtual interface to anywhere.</summary>
internal static class NatInboundRules
{
    public static ImmutableArray<CaptureRule> Create(CaptureConfiguration configuration)
    {
        var redirects = configuration is { InboundMode: InboundMode.Redirect, CapturesInbound: true };
        var virtuals = Virtual(configuration);
        var prerouting = new ChainBuilder(RuleTable.Nat, RuleChain.InterceptPrerouting);
        if (redirects || !virtuals.IsEmpty)
        {
            prerouting.ReturnInterfaces(configuration.ExcludeInterfaces, incoming: true, "excluded interface");
        }

        foreach (var name in configuration.VirtualInterfaces)
        {
            prerouting.Add(
                new RuleMatch { InInterface = name },
                virtuals.IsEmpty ? RuleAction.Return : RuleAction.Goto(virtuals.Chain),
                "a guest counts as outbound");
        }

        if (redirects)
        {
            prerouting.Add(new RuleMatch { Protocol = RuleProtocol.Tcp }, RuleAction.Goto(RuleChain.InterceptInbound), "inbound tcp");
        }

        if (prerouting.IsEmpty)
        {
            return [];
        }

        var hook = new ChainBuilder(RuleTable.Nat, RuleChain.Prerouting);
        hook.Add(RuleMatch.Everything, RuleAction.Jump(RuleChain.InterceptPrerouting), "inbound capture");
        return [.. hook.Rules, .. prerouting.Rules, .. redirects ? Inbound(configuration) : [], .. virtuals.Rules];
    }

    private static ImmutableArray<CaptureRule> Inbound(CaptureConfiguration configuration)
    {
        var chain = new ChainBuilder(RuleTable.Nat, RuleChain.InterceptInbound);
        InboundExceptions.AddTo(chain, configuration);
        var action = RuleAction.Redirect(configuration.InboundPort);
        if (configuration.CaptureAllInbound)
        {
            chain.Add(new RuleMatch { Protocol = RuleProtocol.Tcp }, action, "capture inbound");
        }

        foreach (var range in configuration.InboundIncludePorts)
        {
            chain.Add(
                new RuleMatch { Protocol = RuleProtocol.Tcp, DestinationPorts = range }, action, $"capture inbound port {range}");
        }

        return chain.Rules;
    }

    private static ChainBuilder Virtual(CaptureConfiguration configuration)
    {
        var chain = new ChainBuilder(RuleTable.Nat, RuleChain.InterceptVirtual);
        if (!configuration.VirtualInterfaces.IsEmpty && NatOutboundRules.CapturesAnything(configuration))
        {
            chain.ReturnPorts(configuration.OutboundExcludePorts, RuleProtocol.Tcp, "excluded outbound port");
            chain.Add(RuleMatch.Everything, RuleAction.Goto(RuleChain.InterceptOutbound), "by destination");
        }

        return chain;
    }
}
