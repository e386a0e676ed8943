using Intercept.Capture.Configuration;

namespace Intercept.Capture.Planning;

/// <summary>What inbound capture leaves alone, the same in REDIRECT and TPROXY.</summary>
internal static class InboundExceptions
{
    public static void AddTo(ChainBuilder chain, CaptureConfiguration configuration)
    {
        if (configuration.TunnelPort is { } tunnel)
        {
            chain.Add(
                new RuleMatch { Protocol = RuleProtocol.Tcp, DestinationPorts = PortRange.Of(tunnel) },
                RuleAction.Return,
                "hbone has its own listener");
        }

        chain.ReturnPorts(configuration.InboundExcludePorts, RuleProtocol.Tcp, "excluded inbound port");
        foreach (var cidr in configuration.InboundExcludeSources)
        {
            chain.Add(new RuleMatch { Source = cidr }, RuleAction.Return, $"excluded source {cidr}");
        }
    }
}
