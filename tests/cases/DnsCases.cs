using System.Collections.Immutable;
using static Intercept.Tests.Cases.Expect;

namespace Intercept.Tests.Cases;

/// <summary>DNS to the proxy.</summary>
internal static class DnsCases
{
    public static ImmutableArray<CaptureCase> All { get; } =
    [
        new("dns", "-b * -i * --redirect-dns", AllOutbound, SelfCalls, DnsOfProxyPasses, AllInbound, Dns),
        new("dns-from-environment", "-i *", AllOutbound, SelfCalls, DnsOfProxyPasses, Dns)
        {
            Environment = ImmutableDictionary<string, string>.Empty.Add("ISTIO_META_DNS_CAPTURE", "true"),
        },
        new("dns-all", "-b * -i * --redirect-dns --capture-all-dns", AllOutbound, SelfCalls, DnsOfProxyPasses, AllInbound, AllDns),
        new("dns-alone", "--redirect-dns", SelfCalls, DnsOfProxyPasses, Dns),
        new("dns-ipv4-resolver", "-i * --redirect-dns", AllOutbound, SelfCalls, DnsOfProxyPasses, "app>dns:*/4 member>dns:*/4 = dns")
        {
            ResolvConf = $"search example.org\nnameserver {CaseWorld.Resolver.IPv4}\noptions ndots:5\n",
        },
        new("dns-ipv6-resolver", "-i * --redirect-dns", AllOutbound, SelfCalls, DnsOfProxyPasses, "app>dns:*/6 member>dns:*/6 = dns")
        {
            ResolvConf = $"nameserver {CaseWorld.Resolver.IPv6}\n",
        },
        new("dns-localhost-stub", "-i * --redirect-dns", AllOutbound, SelfCalls, DnsOfProxyPasses, "app>stub:* = dns")
        {
            ResolvConf = "nameserver 127.0.0.53\n",
        },
        new("dns-several-resolvers", "-i * --redirect-dns", AllOutbound, SelfCalls, DnsOfProxyPasses, Dns, "app>dns2:*/4 = dns")
        {
            ResolvConf = $"nameserver {CaseWorld.Resolver.IPv4}\nnameserver {CaseWorld.Resolver.IPv6}\nnameserver {CaseWorld.OtherResolver.IPv4}\n",
        },
        new("dns-in-excluded-range", "-i * -x 10.96.0.0/16 --redirect-dns", AllOutbound, "app>service:*/4 app>dns2:*/4 member>service:*/4 proxy2>service:*/4 = passed", SelfCalls, DnsOfProxyPasses, Dns),
        new("dns-uid-only", "-i * -u 1337 -g 4000 --redirect-dns --capture-all-dns", AllOutbound, "proxy>self:8080/* proxy>localhost2:* uid>self:* marked>self:* = inbound", "gid>service:*/tcp/* = outbound", AllDns, "gid>self:53/* = dns"),
        new("dns-gid-only", "-i * -u 4000 -g 1337 --redirect-dns", AllOutbound, "proxy>self:8080/* proxy>localhost2:* gid>self:8080/* marked>self:* = inbound", "uid>service:*/tcp/* = outbound", Dns),
        new("dns-several-identities", "-b * -i * -u 1337,1338 -g 1337,1338 --redirect-dns --capture-all-dns", AllOutbound, SelfCalls, DnsOfProxyPasses, AllInbound, AllDns, "proxy2>service:* = passed", "proxy2>self:* = inbound"),
        new("dns-with-loopback-range", "-i 127.0.0.0/8 --redirect-dns", SelfCalls, DnsOfProxyPasses, "app>localhost2:*/tcp/* = outbound", Dns),
        new("dns-drop-invalid", "-b * -i * --redirect-dns --capture-all-dns --drop-invalid", AllOutbound, SelfCalls, DnsOfProxyPasses, AllInbound, AllDns, "stray>* = dropped"),
    ];
}
