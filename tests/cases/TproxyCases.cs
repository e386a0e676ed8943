using System.Collections.Immutable;
using static Intercept.Tests.Cases.Expect;

namespace Intercept.Tests.Cases;

/// <summary>Inbound by TPROXY; outbound stays REDIRECT.</summary>
internal static class TproxyCases
{
    public static ImmutableArray<CaptureCase> All { get; } =
    [
        new("tproxy", "-m TPROXY -b * -i *", AllOutbound, SelfCalls, Tproxy, AllInbound, StrayReachesListener),
        new("tproxy-injected", "-m TPROXY -b * -i * -d 15090,15021,15020", AllOutbound, SelfCalls, Tproxy, AllInbound, InjectedExcludes, StrayReachesListener),
        new("tproxy-from-environment", "-b * -i *", AllOutbound, SelfCalls, Tproxy, AllInbound, StrayReachesListener)
        {
            Environment = ImmutableDictionary<string, string>.Empty.Add("ISTIO_INBOUND_INTERCEPTION_MODE", "TPROXY"),
        },
        new("tproxy-one-port", "-m TPROXY -b 8080 -i *", AllOutbound, SelfCalls, Tproxy, "peer>pod:8080/* guest>pod2:8080/* = inbound", StrayReachesListener),
        new("tproxy-other-mark-and-table", "-m TPROXY -b * -i * -t 0x7 -r 200", AllOutbound, SelfCalls, AllInbound, StrayReachesListener),
        new("tproxy-without-inbound", "-m TPROXY -i *", AllOutbound, SelfCalls),
        new("tproxy-exclude-interface", "-m TPROXY -b * -i * -c eth1", AllOutbound, SelfCalls, Tproxy, AllInbound, StrayReachesListener, "app>guest:* guest>* = passed"),
        new("tproxy-virtual-interface", "-m TPROXY -b * -i * -k eth1", AllOutbound, SelfCalls, Tproxy, AllInbound, StrayReachesListener, GuestIsOutbound),
        new("tproxy-drop-invalid", "-m TPROXY -b * -i * --drop-invalid", AllOutbound, SelfCalls, Tproxy, AllInbound, "stray>* = dropped"),
        new("tproxy-dns", "-m TPROXY -b * -i * --redirect-dns", AllOutbound, SelfCalls, DnsOfProxyPasses, Tproxy, AllInbound, StrayReachesListener, Dns),
        new("tproxy-gid-only", "-m TPROXY -b * -i * -u 4000 -g 1337", AllOutbound, "proxy>self:8080/* proxy>self:53/* proxy>localhost2:* gid>self:* = inbound", AllInbound, StrayReachesListener, "uid>service:*/tcp/* = outbound"),
    ];
}
