using Intercept.Capture.Planning;
using Intercept.Tests.Cases;

namespace Intercept.Tests.Netns.Capture.Lifecycle;

/// <summary>Rules without which one kind of connection goes elsewhere.</summary>
public enum VerifiedRule
{
    Outbound,
    Inbound,
    SelfCall,
    ProxyExclusion,
    DnsOverUdp,
    DnsOverTcp,
}

internal static class VerifiedRules
{
    /// <returns>Where the rule stands, how its comment begins, what else tells it from others, and the check that shows its absence.</returns>
    public static (RuleChain Chain, string Why, string Also, string Check) Describe(this VerifiedRule rule, bool ipv6) => rule switch
    {
        VerifiedRule.Outbound => (RuleChain.InterceptOutbound, "capture outbound", "", "outbound"),
        VerifiedRule.Inbound => (RuleChain.InterceptInbound, "capture inbound", "", "inbound"),
        VerifiedRule.SelfCall => (RuleChain.InterceptProxy, "a self-call enters the inbound listener", "", "self-call by service address"),
        VerifiedRule.ProxyExclusion => (RuleChain.InterceptOutput, "the proxy itself, uid 1337", "", "proxy exclusion"),
        VerifiedRule.DnsOverUdp => (RuleChain.InterceptDns, Dns(ipv6), "udp", "DNS over UDP"),
        VerifiedRule.DnsOverTcp => (RuleChain.InterceptDns, Dns(ipv6), "tcp", "DNS over TCP"),
        _ => throw new ArgumentOutOfRangeException(nameof(rule), rule, null),
    };

    private static string Dns(bool ipv6) => $"capture dns to {CaseWorld.Resolver.Of(ipv6)}";
}
