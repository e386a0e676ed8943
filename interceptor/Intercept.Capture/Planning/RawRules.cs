using System.Collections.Immutable;
using Intercept.Capture.Configuration;
using Intercept.Core.Addressing;

namespace Intercept.Capture.Planning;

/// <summary>
/// Keeps the UDP queries of the application and those of the proxy's resolver apart. NAT is decided once per conntrack entry, and both
/// may use one source port to one server: without zones the second query would inherit what was decided for the first (istio#33469).
/// An attached zone is kept: the first matching rule wins in both backends.
/// </summary>
internal static class RawRules
{
    private const uint ProxyZone = 1;
    private const uint ApplicationZone = 2;
    private static readonly PortRange _dns = PortRange.Of(53);

    public static ImmutableArray<CaptureRule> Create(CaptureConfiguration configuration)
    {
        if (!configuration.RedirectDns)
        {
            return [];
        }

        var udp = new RuleMatch { Protocol = RuleProtocol.Udp };
        var output = new ChainBuilder(RuleTable.Raw, RuleChain.InterceptOutput);
        output.ReturnInterfaces(configuration.ExcludeInterfaces, incoming: false, "excluded interface");
        output.ForEachIdentity(
            configuration, udp with { DestinationPorts = _dns }, RuleAction.ConntrackZone(ProxyZone), "dns query of the proxy");
        output.ForEachIdentity(
            configuration,
            udp with { SourcePorts = PortRange.Of(configuration.DnsPort) },
            RuleAction.ConntrackZone(ApplicationZone),
            "dns answer of the proxy");
        var prerouting = new ChainBuilder(RuleTable.Raw, RuleChain.InterceptPrerouting);
        prerouting.ReturnInterfaces(configuration.ExcludeInterfaces, incoming: true, "excluded interface");
        foreach (var server in Servers(configuration))
        {
            output.Add(
                udp with { Destination = server, DestinationPorts = _dns },
                RuleAction.ConntrackZone(ApplicationZone),
                "dns query of the application");
            prerouting.Add(
                udp with { Source = server, SourcePorts = _dns }, RuleAction.ConntrackZone(ProxyZone), "dns answer to the proxy");
        }

        var hooks = (
            Output: new ChainBuilder(RuleTable.Raw, RuleChain.Output), Prerouting: new ChainBuilder(RuleTable.Raw, RuleChain.Prerouting));
        hooks.Prerouting.Add(RuleMatch.Everything, RuleAction.Jump(prerouting.Chain), "dns zones");
        hooks.Output.Add(RuleMatch.Everything, RuleAction.Jump(output.Chain), "dns zones");
        return [.. hooks.Prerouting.Rules, .. prerouting.Rules, .. hooks.Output.Rules, .. output.Rules];
    }

    // Null asks for no address: all servers.
    private static IEnumerable<Cidr?> Servers(CaptureConfiguration configuration) =>
        configuration.CaptureAllDns ? [null] : configuration.DnsServers.Select(server => (Cidr?)new Cidr(server, server.Width));
}
