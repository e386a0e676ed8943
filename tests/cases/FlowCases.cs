using System.Collections.Immutable;
using Intercept.Capture.Planning;
using Intercept.Core.Addressing;

namespace Intercept.Tests.Cases;

/// <summary>Every flow that every configuration is asked about.</summary>
public static class FlowCases
{
    public static ImmutableArray<FlowCase> All { get; } =
    [
        .. Tcp(CaseSender.App, "service", CaseWorld.Service, 80, 443),
        .. Tcp(CaseSender.App, "peer", CaseWorld.Peer, 80),
        .. Tcp(CaseSender.App, "guest", CaseWorld.Guest, 80),
        .. Tcp(CaseSender.App, "localhost", CaseWorld.Localhost, 8080),
        IPv4(CaseSender.App, "localhost2", "127.0.0.2", 8080, RuleProtocol.Tcp),
        .. Tcp(CaseSender.App, "self", CaseWorld.Pod, 8080, 53),
        .. Tcp(CaseSender.App, "dns", CaseWorld.Resolver, 53),
        .. Tcp(CaseSender.App, "dns2", CaseWorld.OtherResolver, 53),
        .. Udp(CaseSender.App, "dns", CaseWorld.Resolver, 53),
        .. Udp(CaseSender.App, "dns2", CaseWorld.OtherResolver, 53),
        .. Udp(CaseSender.App, "service", CaseWorld.Service, 443, 5000),
        .. Udp(CaseSender.App, "peer", CaseWorld.Peer, 443),
        .. Udp(CaseSender.App, "localhost", CaseWorld.Localhost, 5000),
        IPv4(CaseSender.App, "localhost2", "127.0.0.2", 5000, RuleProtocol.Udp),
        .. Udp(CaseSender.App, "self", CaseWorld.Pod, 5000),
        IPv4(CaseSender.App, "stub", "127.0.0.53", 53, RuleProtocol.Udp),
        .. Tcp(CaseSender.Member, "service", CaseWorld.Service, 80),
        .. Udp(CaseSender.Member, "dns", CaseWorld.Resolver, 53),
        .. Udp(CaseSender.Member, "service", CaseWorld.Service, 443),
        .. Tcp(CaseSender.Proxy, "service", CaseWorld.Service, 80),
        .. Tcp(CaseSender.Proxy, "localhost", CaseWorld.Localhost, 8080),
        IPv4(CaseSender.Proxy, "localhost2", "127.0.0.2", 8080, RuleProtocol.Tcp),
        .. Tcp(CaseSender.Proxy, "self", CaseWorld.Pod, 8080, 15008, 53),
        .. Tcp(CaseSender.Proxy, "dns", CaseWorld.Resolver, 53),
        .. Udp(CaseSender.Proxy, "dns", CaseWorld.Resolver, 53),
        .. Udp(CaseSender.Proxy, "service", CaseWorld.Service, 443),
        .. Tcp(CaseSender.OtherProxy, "service", CaseWorld.Service, 80),
        .. Tcp(CaseSender.OtherProxy, "self", CaseWorld.Pod, 8080),
        .. Tcp(CaseSender.ByUid, "service", CaseWorld.Service, 80),
        .. Udp(CaseSender.ByUid, "service", CaseWorld.Service, 443),
        .. Tcp(CaseSender.ByUid, "self", CaseWorld.Pod, 8080),
        .. Tcp(CaseSender.ByGid, "service", CaseWorld.Service, 80),
        .. Udp(CaseSender.ByGid, "service", CaseWorld.Service, 443),
        .. Tcp(CaseSender.ByGid, "self", CaseWorld.Pod, 8080, 53),
        .. Tcp(CaseSender.Passthrough, "self", CaseWorld.Pod, 8080),
        .. Tcp(CaseSender.Marked, "self", CaseWorld.Pod, 8080),
        .. Tcp(CaseSender.Peer, "pod", CaseWorld.Pod, 8080, 9090, 15008, 15020, 15021, 15090),
        .. Tcp(CaseSender.Stray, "pod", CaseWorld.Pod, 8080),
        .. Tcp(CaseSender.Guest, "pod2", CaseWorld.Pod2, 8080),
        .. Tcp(CaseSender.Guest, "service", CaseWorld.Service, 80),
        .. Tcp(CaseSender.Guest, "peer", CaseWorld.Peer, 80),
    ];

    private static IEnumerable<FlowCase> Tcp(CaseSender sender, string target, DualAddress address, params ushort[] ports) =>
        Both(sender, target, address, RuleProtocol.Tcp, ports);

    private static IEnumerable<FlowCase> Udp(CaseSender sender, string target, DualAddress address, params ushort[] ports) =>
        Both(sender, target, address, RuleProtocol.Udp, ports);

    private static IEnumerable<FlowCase> Both(
        CaseSender sender, string target, DualAddress address, RuleProtocol protocol, ushort[] ports) =>
        from port in ports
        from ipv6 in new[] { false, true }
        select Create(sender, target, address.Of(ipv6), port, protocol);

    private static FlowCase IPv4(CaseSender sender, string target, string address, ushort port, RuleProtocol protocol) =>
        Create(sender, target, NetAddress.Parse(address), port, protocol);

    private static FlowCase Create(CaseSender sender, string target, NetAddress address, ushort port, RuleProtocol protocol)
    {
        var family = address.IsIPv6 ? '6' : '4';
        var name = $"{sender.Name}>{target}:{port}/{(protocol == RuleProtocol.Tcp ? "tcp" : "udp")}/{family}";
        return new FlowCase(name, sender, protocol, new NetEndpoint(address, port));
    }
}
