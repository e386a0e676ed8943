using System.Collections.Immutable;
using static Intercept.Tests.Cases.Expect;

namespace Intercept.Tests.Cases;

/// <summary>Excluded interfaces, and virtual ones with a guest behind them.</summary>
internal static class InterfaceCases
{
    public static ImmutableArray<CaptureCase> All { get; } =
    [
        new("exclude-second-interface", "-b * -i * -c eth1", AllOutbound, SelfCalls, AllInbound, "app>guest:* guest>* = passed"),
        new("exclude-first-interface", "-b * -i * -c eth0", SelfCalls, "app>guest:* guest>* = outbound", "guest>* = inbound"),
        new("exclude-both-interfaces", "-b * -i * -c eth0,eth1", SelfCalls),
        new("exclude-interface-that-is-not-there", "-b * -i * -c net1.7", AllOutbound, SelfCalls, AllInbound),
        new("exclude-interface-with-dns", "-i * -c eth0 --redirect-dns --capture-all-dns", SelfCalls, DnsOfProxyPasses, "app>guest:* = outbound", "app>stub:* app>self:53/* = dns"),
        new("virtual-interface", "-b * -i * -k eth1", AllOutbound, SelfCalls, AllInbound, GuestIsOutbound),
        new("virtual-interface-outbound-only", "-i * -k eth1", AllOutbound, SelfCalls, GuestIsOutbound),
        new("virtual-interface-with-range", "-b * -i 10.96.0.0/16 -k eth1", SelfCalls, AllInbound, "app>service:*/tcp/4 app>dns*:53/tcp/4 member>service:*/tcp/4 proxy2>service:*/4 = outbound", "guest>* = passed", "guest>service:*/4 = outbound"),
        new("virtual-interface-with-excluded-range", "-b * -i * -x 10.77.0.0/24,fd77::/64 -k eth1", AllOutbound, "app>peer:* = passed", SelfCalls, AllInbound, GuestIsOutbound, "guest>peer:* = passed"),
        new("virtual-interface-with-excluded-port", "-b * -i * -o 80 -k eth1", AllOutbound, "app>*:80/* member>*:80/* proxy2>service:80/* = passed", SelfCalls, AllInbound, "guest>* = passed", "guest>pod2:8080/* = outbound"),
        new("virtual-interface-without-outbound", "-b * -k eth1", SelfCalls, AllInbound, "guest>* = passed"),
        new("virtual-interface-beside-excluded", "-b * -i * -k eth1 -c eth0", SelfCalls, "app>guest:* guest>* = outbound"),
    ];
}
