using Intercept.Capture.Configuration;
using Intercept.Core.Addressing;

namespace Intercept.Capture.Planning;

/// <summary>
/// From who sends (INTERCEPT_OUTPUT) by what the application calls (INTERCEPT_APPLICATION) to where to (INTERCEPT_OUTBOUND), and at the
/// end <paramref name="end"/>. Capture of TCP and the UDP policy both walk it, each in a table of its own: a datagram comes to the
/// policy exactly where a connection would be captured.
/// </summary>
/// <param name="end">What becomes of what is to be captured.</param>
/// <param name="what">What that is, in the comments of its rules.</param>
internal sealed class OutboundWalk(
    CaptureConfiguration configuration, RuleTable table, RuleProtocol protocol, RuleAction end, string what)
{
    public const string Loopback = "lo";
    private static readonly Cidr _loopbackIPv6 = new(NetAddress.LoopbackIPv6, 128);

    /// <summary>Whether anything comes to the end.</summary>
    public static bool LeadsAnywhere(CaptureConfiguration configuration) =>
        configuration.CaptureAllOutbound || !configuration.OutboundIncludeCidrs.IsEmpty || !configuration.OutboundIncludePorts.IsEmpty;

    /// <summary>The other end: this pod, as the configuration has it.</summary>
    public static void ReturnLoopback(ChainBuilder chain, CaptureConfiguration configuration, string why)
    {
        chain.Add(new RuleMatch { Destination = configuration.LoopbackCidr }, RuleAction.Return, why);
        chain.Add(new RuleMatch { Destination = _loopbackIPv6 }, RuleAction.Return, why);
    }

    /// <summary>Who sends. What comes first in the chain is the caller's.</summary>
    /// <param name="protocols">Those that excluded ports are excluded for.</param>
    /// <param name="proxy">What becomes of what the proxy sends.</param>
    public void AddOutput(ChainBuilder chain, ReadOnlySpan<RuleProtocol> protocols, RuleAction proxy, ChainBuilder application)
    {
        chain.ReturnInterfaces(configuration.ExcludeInterfaces, incoming: false, "excluded interface");
        foreach (var excluded in protocols)
        {
            chain.ReturnPorts(configuration.OutboundExcludePorts, excluded, "excluded outbound port");
        }

        if (configuration.CaptureSelfCalls)
        {
            foreach (var address in (ReadOnlySpan<NetAddress>)[CapturePlan.PassthroughIPv4, CapturePlan.PassthroughIPv6])
            {
                chain.Add(
                    new RuleMatch { Source = new Cidr(address, address.Width), OutInterface = Loopback },
                    RuleAction.Return,
                    "passthrough from the proxy to the application");
            }
        }

        chain.ForEachIdentity(configuration, RuleMatch.Everything, proxy, "the proxy itself");
        foreach (var group in configuration.OwnerGroupsExclude)
        {
            chain.Add(new RuleMatch { Gid = group }, RuleAction.Return, $"excluded owner group {group}");
        }

        if (application.IsEmpty)
        {
            return;
        }

        foreach (var group in configuration.OwnerGroupsInclude)
        {
            chain.Add(new RuleMatch { Gid = group }, RuleAction.Goto(application.Chain), $"included owner group {group}");
        }

        if (configuration.OwnerGroupsInclude.IsEmpty)
        {
            chain.Add(RuleMatch.Everything, RuleAction.Goto(application.Chain), "the application");
        }
    }

    /// <summary>What the application calls.</summary>
    public void AddApplication(ChainBuilder chain, ChainBuilder outbound)
    {
        if (outbound.IsEmpty)
        {
            return;
        }

        // Whoever includes a loopback range wants calls on lo captured.
        if (!configuration.OutboundIncludeCidrs.Any(cidr => cidr.Network.IsLoopback))
        {
            chain.Add(new RuleMatch { OutInterface = Loopback }, RuleAction.Return, "the application to its own pod");
        }

        ReturnLoopback(chain, configuration, "the application to localhost");
        chain.Add(RuleMatch.Everything, RuleAction.Goto(outbound.Chain), "by destination");
    }

    /// <summary>Where to; empty when nothing is captured anywhere.</summary>
    public ChainBuilder Outbound()
    {
        var chain = new ChainBuilder(table, RuleChain.InterceptOutbound);
        if (!LeadsAnywhere(configuration))
        {
            return chain;
        }

        foreach (var cidr in configuration.OutboundExcludeCidrs)
        {
            chain.Add(new RuleMatch { Destination = cidr }, RuleAction.Return, $"excluded outbound range {cidr}");
        }

        var match = new RuleMatch { Protocol = protocol };
        foreach (var range in configuration.OutboundIncludePorts)
        {
            chain.Add(match with { DestinationPorts = range }, end, $"{what} port {range}");
        }

        foreach (var cidr in configuration.OutboundIncludeCidrs)
        {
            chain.Add(match with { Destination = cidr }, end, $"{what} range {cidr}");
        }

        if (configuration.CaptureAllOutbound)
        {
            chain.Add(match, end, what);
        }

        return chain;
    }
}
