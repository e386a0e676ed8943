using Intercept.Capture.Planning;
using Intercept.Core.Addressing;

namespace Intercept.Capture.Verification;

/// <summary>
/// Which connections prove a plan. Everything is chosen by asking the plan: a flow that it captures, one that it must not, and
/// where it captures nothing of a kind there is nothing to prove.
/// </summary>
internal sealed class VerificationFlows(CapturePlan plan, ushort probePort)
{
    /// <summary>The end of the temporary link that stands for the network.</summary>
    public const string PeerInterface = "icept-verify0";

    /// <summary>An address that nobody owns: TEST-NET-1 (RFC 5737).</summary>
    public static NetAddress NobodyIPv4 { get; } = NetAddress.Parse("192.0.2.1");

    /// <summary>An address that nobody owns: the documentation prefix (RFC 3849).</summary>
    public static NetAddress NobodyIPv6 { get; } = NetAddress.Parse("2001:db8::1");

    // Where the probe port is excluded, some other port is not.
    private readonly ushort[] _ports = [probePort, 80, 8080, 5432, 20001];

    public static NetAddress PeerAddress(bool ipv6) => NetAddress.Parse(ipv6 ? "fd69:6365:7074::2" : "169.254.249.2");

    public static NetAddress PeerSideAddress(bool ipv6) => NetAddress.Parse(ipv6 ? "fd69:6365:7074::1" : "169.254.249.1");

    /// <summary>Every identity that makes a process the proxy: each uid and each gid alone, so that neither hides what the other misses.</summary>
    public IEnumerable<Identity> Proxies()
    {
        var application = Identity.ApplicationOf(plan);
        var configuration = plan.Configuration;
        return configuration.ProxyUids.Select(uid => application with { Uid = uid })
            .Concat(configuration.ProxyGids.Select(gid => application with { Gid = gid }));
    }

    public IEnumerable<VerificationFlow> Local(bool ipv6)
    {
        var family = ipv6 ? "IPv6" : "IPv4";
        var application = Identity.ApplicationOf(plan);
        var candidates = Destinations(ipv6).Select(destination => Outbound(destination, application, RuleProtocol.Tcp)).ToList();
        var outbound = candidates.Find(flow => Captures(flow, plan.Configuration.OutboundPort));
        if (outbound is not null)
        {
            yield return Make($"outbound {family}", outbound, application);
            foreach (var proxy in Proxies())
            {
                yield return Make($"proxy exclusion {family} ({proxy})", outbound with { Uid = proxy.Uid, Gid = proxy.Gid }, proxy);
            }
        }

        var own = Surroundings.OwnAddress(ipv6) ?? (ipv6 ? CapturePlan.PassthroughIPv6 : CapturePlan.PassthroughIPv4);
        foreach (var proxy in Proxies())
        {
            var self = _ports.Select(port => new Flow(true, RuleProtocol.Tcp, new NetEndpoint(own, 0), new NetEndpoint(own, port), "lo")
            { Uid = proxy.Uid, Gid = proxy.Gid }).FirstOrDefault(flow => Captures(flow, plan.Configuration.InboundPort));
            if (self is not null)
            {
                yield return Make($"self-call by service address {family} ({proxy})", self, proxy);
            }
        }

        foreach (var protocol in plan.Configuration.RedirectDns ? [RuleProtocol.Udp, RuleProtocol.Tcp] : Array.Empty<RuleProtocol>())
        {
            var dns = Resolvers(ipv6).Select(resolver => Outbound(new NetEndpoint(resolver, 53), application, protocol))
                .FirstOrDefault(flow => Captures(flow, plan.Configuration.DnsPort));
            if (dns is not null)
            {
                yield return Make($"DNS over {(protocol == RuleProtocol.Udp ? "UDP" : "TCP")} {family}", dns, application);
            }
        }
    }

    public VerificationFlow? Inbound(bool ipv6)
    {
        var captured = _ports.Concat(plan.Configuration.InboundIncludePorts.Select(range => range.First))
            .Select(port => new Flow(false, RuleProtocol.Tcp, new NetEndpoint(PeerAddress(ipv6), 40000),
                new NetEndpoint(PeerSideAddress(ipv6), port), PeerInterface))
            .FirstOrDefault(flow => Captures(flow, plan.Configuration.InboundPort));
        return captured is null ? null : new VerificationFlow($"inbound {(ipv6 ? "IPv6" : "IPv4")}", captured, null, plan.Explain(captured));
    }

    private static Flow Outbound(NetEndpoint destination, Identity identity, RuleProtocol protocol)
    {
        var (source, device) = Surroundings.RouteTo(destination)
            ?? (destination.Address.IsIPv6 ? NetAddress.AnyIPv6 : NetAddress.AnyIPv4, "eth0");
        return new Flow(true, protocol, new NetEndpoint(source, 40000), destination, device) { Uid = identity.Uid, Gid = identity.Gid };
    }

    private IEnumerable<NetEndpoint> Destinations(bool ipv6)
    {
        var configuration = plan.Configuration;
        var addresses = configuration.OutboundIncludeCidrs.Where(cidr => cidr.IsIPv6 == ipv6 && !cidr.Network.IsUnspecified)
            .Select(cidr => cidr.Network).Prepend(ipv6 ? NobodyIPv6 : NobodyIPv4);
        var ports = _ports.Concat(configuration.OutboundIncludePorts.Select(range => range.First)).ToList();
        return addresses.SelectMany(address => ports.Select(port => new NetEndpoint(address, port)));
    }

    private IEnumerable<NetAddress> Resolvers(bool ipv6) =>
        plan.Configuration.DnsServers.Where(server => server.IsIPv6 == ipv6).Append(ipv6 ? NobodyIPv6 : NobodyIPv4);

    private bool Captures(Flow flow, ushort port) =>
        plan.Explain(flow) is { Outcome: FlowOutcome.Captured } answer && answer.Port == port;

    private VerificationFlow Make(string check, Flow flow, Identity identity) => new(check, flow, identity, plan.Explain(flow));
}
