using System.Collections.Immutable;
using static Intercept.Tests.Cases.Expect;

namespace Intercept.Tests.Cases;

/// <summary>The UDP policy: what passes the proxy by, where a connection would be captured.</summary>
internal static class UdpCases
{
    /// <summary>-i *: the application's datagrams that leave the pod.</summary>
    private const string Datagrams = "app>service:*/udp/* app>peer:*/udp/* app>dns*:*/udp/* member>*/udp/*";

    public static ImmutableArray<CaptureCase> All { get; } =
    [
        new("udp-pass", "-b * -i * --udp-policy pass", AllOutbound, SelfCalls, AllInbound),
        new("udp-refuse", "-b * -i * --udp-policy refuse", AllOutbound, SelfCalls, AllInbound, $"{Datagrams} = refused"),
        new("udp-count", "-b * -i * --udp-policy count", AllOutbound, SelfCalls, AllInbound, $"{Datagrams} = counted"),
        new("udp-from-environment", "-i *", AllOutbound, SelfCalls, $"{Datagrams} = refused")
        {
            Environment = ImmutableDictionary<string, string>.Empty.Add("INTERCEPT_UDP_POLICY", "refuse"),
        },
        new("udp-nothing-outbound", "-b * --udp-policy refuse", SelfCalls, AllInbound),
        new("udp-exclude-port", "-i * -o 443,53 --udp-policy refuse", AllOutbound, "app>*:443/* app>dns*:53/* app>self:53/* = passed", SelfCalls, "proxy>self:53/* gid>self:53/* = passed", "app>service:5000/udp/* = refused"),
        new("udp-exclude-ranges", "-i * -x 10.96.0.0/16,fd77::/64 --udp-policy refuse", AllOutbound, SelfCalls, "app>service:*/4 app>dns*:*/4 app>peer:*/6 member>service:*/4 proxy2>service:*/4 = passed", "app>service:*/udp/6 app>dns*:*/udp/6 app>peer:*/udp/4 member>*/udp/6 = refused"),
        new("udp-include-range", "-i 10.96.0.10/32 --udp-policy refuse", SelfCalls, "app>service:*/tcp/4 member>service:*/tcp/4 proxy2>service:*/4 = outbound", "app>service:*/udp/4 member>service:*/udp/4 = refused"),
        new("udp-include-port", "-q 443 --udp-policy count", SelfCalls, "app>service:443/tcp/* = outbound", "app>service:443/udp/* app>peer:443/udp/* member>service:443/udp/* = counted"),
        new("udp-loopback-range", "-i 127.0.0.0/8,10.77.0.2/32 --udp-policy refuse", SelfCalls, "app>localhost2:*/tcp/* app>self:*/tcp/4 proxy2>self:*/4 = outbound", "app>localhost2:*/udp/* app>stub:* app>self:*/udp/4 = refused"),
        new("udp-exclude-interface", "-i * -c eth0 --udp-policy refuse", SelfCalls, "app>guest:* = outbound"),
        new("udp-another-proxy", "-i * -u 1337 -g 4000 --udp-policy refuse", AllOutbound, "proxy>self:8080/* proxy>self:53/* proxy>localhost2:* uid>self:* marked>self:* = inbound", "gid>service:*/tcp/* = outbound", $"{Datagrams} gid>*/udp/* = refused"),
        new("udp-group-included", "-i * --udp-policy refuse", "member>service:*/tcp/* = outbound", SelfCalls, "member>*/udp/* = refused")
        {
            Environment = ImmutableDictionary<string, string>.Empty.Add("ISTIO_OUTBOUND_OWNER_GROUPS", "2001"),
        },
        new("udp-group-excluded", "-i * --udp-policy count", AllOutbound, "member>service:* = passed", SelfCalls, "app>service:*/udp/* app>peer:*/udp/* app>dns*:*/udp/* = counted")
        {
            Environment = ImmutableDictionary<string, string>.Empty.Add("ISTIO_OUTBOUND_OWNER_GROUPS_EXCLUDE", "2001"),
        },
        new("udp-beside-dns", "-b * -i * --redirect-dns --udp-policy refuse", AllOutbound, SelfCalls, DnsOfProxyPasses, AllInbound, $"{Datagrams} = refused", Dns),
        new("udp-beside-all-dns", "-i * --redirect-dns --capture-all-dns --udp-policy count", AllOutbound, SelfCalls, DnsOfProxyPasses, $"{Datagrams} = counted", AllDns),

        // Captured DNS goes to 127.0.0.1, which no rule about localhost concerns here.
        new("udp-beside-dns-and-other-localhost", "-i * --redirect-dns --capture-all-dns --udp-policy refuse --outbound-ipv4-loopback-cidr 127.0.0.5/32", AllOutbound, SelfCalls, "proxy>localhost:*/4 = inbound", DnsOfProxyPasses, $"{Datagrams} = refused", AllDns),
        new("udp-beside-dns-and-loopback-range", "-i 127.0.0.0/8,10.0.0.0/8 --redirect-dns --udp-policy refuse --outbound-ipv4-loopback-cidr 127.0.0.5/32", SelfCalls, "proxy>localhost:*/4 = inbound", DnsOfProxyPasses, "app>*/tcp/4 member>service:*/tcp/4 proxy2>*/4 = outbound", "app>*/udp/4 member>*/udp/4 = refused", Dns),
        new("udp-linkerd", "--linkerd -p 4143 -o 4140 -u 1337 --udp-policy refuse", "app>service:*/tcp/* app>peer:*/tcp/* app>guest:* app>dns*:53/tcp/* member>service:*/tcp/* proxy2>service:* gid>service:*/tcp/* = outbound", "peer>* guest>* = inbound", $"{Datagrams} gid>*/udp/* = refused")
        {
            InboundPort = 4143,
            OutboundPort = 4140,
        },
        new("udp-beside-tproxy", "-m TPROXY -b * -i * --redirect-dns --drop-invalid --udp-policy refuse", AllOutbound, SelfCalls, DnsOfProxyPasses, Tproxy, AllInbound, $"{Datagrams} = refused", Dns, "stray>* = dropped"),
    ];
}
