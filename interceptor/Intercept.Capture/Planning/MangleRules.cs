using System.Collections.Immutable;
using Intercept.Capture.Configuration;

namespace Intercept.Capture.Planning;

/// <summary>Packets that conntrack calls invalid, and everything that TPROXY needs.</summary>
internal static class MangleRules
{
    public static ImmutableArray<CaptureRule> Create(CaptureConfiguration configuration)
    {
        var tproxy = configuration is { InboundMode: InboundMode.Tproxy, CapturesInbound: true };
        if (!tproxy && !configuration.DropInvalid)
        {
            return [];
        }

        var hook = new ChainBuilder(RuleTable.Mangle, RuleChain.Prerouting);
        hook.Add(RuleMatch.Everything, RuleAction.Jump(RuleChain.InterceptPrerouting), "inbound capture");
        ImmutableArray<CaptureRule> prerouting = [.. hook.Rules, .. Prerouting(configuration, tproxy)];
        return tproxy ? [.. prerouting, .. Inbound(configuration), .. Divert(configuration), .. Output(configuration)] : prerouting;
    }

    private static ImmutableArray<CaptureRule> Prerouting(CaptureConfiguration configuration, bool tproxy)
    {
        var chain = new ChainBuilder(RuleTable.Mangle, RuleChain.InterceptPrerouting);
        chain.ReturnInterfaces(configuration.ExcludeInterfaces, incoming: true, "excluded interface");
        if (configuration.DropInvalid)
        {
            // NAT does not apply to what conntrack cannot place: the application would see it and answer with a reset (istio#36489).
            chain.Add(new RuleMatch { ConnectionState = ConnectionState.Invalid }, RuleAction.Drop, "drop invalid");
        }

        if (tproxy)
        {
            chain.ReturnInterfaces(configuration.VirtualInterfaces, incoming: true, "a guest counts as outbound");
            var tcp = new RuleMatch { Protocol = RuleProtocol.Tcp };
            chain.Add(tcp with { Mark = configuration.TproxyMark }, RuleAction.SaveMark, "remember a tproxy call to the application");
            chain.Add(new RuleMatch { InInterface = "lo" }, RuleAction.Return, "calls within the pod are decided on output");
            chain.Add(tcp, RuleAction.Goto(RuleChain.InterceptInbound), "inbound tcp");
        }

        return chain.Rules;
    }

    private static ImmutableArray<CaptureRule> Inbound(CaptureConfiguration configuration)
    {
        var chain = new ChainBuilder(RuleTable.Mangle, RuleChain.InterceptInbound);

        // Whatever this pod began, for itself or for somebody it forwards for, was decided when it began; diverted, the answer to
        // a guest behind an excluded or virtual interface would end here.
        chain.Add(new RuleMatch { Protocol = RuleProtocol.Tcp, IsReply = true }, RuleAction.Return, "an answer to a call from here");
        InboundExceptions.AddTo(chain, configuration);
        const ConnectionState known = ConnectionState.Established;
        var action = RuleAction.Tproxy(configuration.InboundPort, configuration.TproxyMark);
        var tcp = new RuleMatch { Protocol = RuleProtocol.Tcp };
        if (configuration.CaptureAllInbound)
        {
            chain.Add(tcp with { ConnectionState = known }, RuleAction.Goto(RuleChain.InterceptDivert), "a known connection");
            chain.Add(tcp, action, "capture inbound");
        }

        foreach (var range in configuration.InboundIncludePorts)
        {
            var port = tcp with { DestinationPorts = range };
            chain.Add(port with { ConnectionState = known }, RuleAction.Goto(RuleChain.InterceptDivert), "a known connection");
            chain.Add(port, action, $"capture inbound port {range}");
        }

        return chain.Rules;
    }

    private static ImmutableArray<CaptureRule> Divert(CaptureConfiguration configuration)
    {
        var chain = new ChainBuilder(RuleTable.Mangle, RuleChain.InterceptDivert);
        chain.Add(RuleMatch.Everything, RuleAction.SetMark(configuration.TproxyMark), "deliver locally");
        chain.Add(RuleMatch.Everything, RuleAction.Accept, "deliver locally");
        return chain.Rules;
    }

    private static ImmutableArray<CaptureRule> Output(CaptureConfiguration configuration)
    {
        var hook = new ChainBuilder(RuleTable.Mangle, RuleChain.Output);
        hook.Add(RuleMatch.Everything, RuleAction.Jump(RuleChain.InterceptOutput), "tproxy replies");
        var chain = new ChainBuilder(RuleTable.Mangle, RuleChain.InterceptOutput);

        // The application answers to the peer's address; the mark routes the answer to the proxy's socket instead.
        chain.Add(
            new RuleMatch { Protocol = RuleProtocol.Tcp, ConnectionMark = configuration.TproxyMark },
            RuleAction.RestoreMark,
            "answer to a tproxy call");
        return [.. hook.Rules, .. chain.Rules];
    }
}
