using System.Collections.Immutable;
using static Intercept.Tests.Cases.Expect;

namespace Intercept.Tests.Cases;

/// <summary>What is captured by where it goes.</summary>
internal static class DestinationCases
{
    public static ImmutableArray<CaptureCase> All { get; } =
    [
        new("nothing", "", SelfCalls),
        new("everything", "-b * -i *", AllOutbound, SelfCalls, AllInbound),
        new(
            "injected",
            "-p 15001 -z 15006 -u 1337 -m REDIRECT -i * -x '' -b * -d 15090,15021,15020 --log_output_level=default:info",
            AllOutbound, SelfCalls, AllInbound, InjectedExcludes),
        new("from-environment", "", AllOutbound, SelfCalls, AllInbound, InjectedExcludes)
        {
            Environment = ImmutableDictionary.CreateRange<string, string>(
            [
                new("ISTIO_SERVICE_CIDR", "*"), new("ISTIO_INBOUND_PORTS", "*"), new("ISTIO_LOCAL_EXCLUDE_PORTS", "15090,15021,15020"),
                new("PROXY_UID", "1337"), new("ENVOY_PORT", "9"),
            ]),
        },
        new("other-ports", "-p 16001 -z 16006 -e 16008 -b * -i *", AllOutbound, SelfCalls, "proxy>self:15008/* = inbound", AllInbound, "peer>pod:15008/* = inbound")
        {
            OutboundPort = 16001,
            InboundPort = 16006,
        },
        new("outbound-only", "-i *", AllOutbound, SelfCalls),
        new("include-ipv4-range", "-i 10.96.0.0/16", SelfCalls, "app>service:*/tcp/4 app>dns*:53/tcp/4 member>service:*/tcp/4 proxy2>service:*/4 = outbound"),
        new("include-ipv6-range", "-i fd96::/64", SelfCalls, "app>service:*/tcp/6 app>dns*:53/tcp/6 member>service:*/tcp/6 proxy2>service:*/6 = outbound"),
        new(
            "include-both-families", "-b * -i 10.96.0.0/16,fd96::/64", SelfCalls, AllInbound,
            "app>service:*/tcp/* app>dns*:53/tcp/* member>service:*/tcp/* proxy2>service:* = outbound"),
        new("include-one-host", "-i 10.96.0.10/32,fd96::10/128", SelfCalls, "app>service:*/tcp/* member>service:*/tcp/* proxy2>service:* = outbound"),
        new("include-host-bits-set", "-i 10.96.1.2/16", SelfCalls, "app>service:*/tcp/4 app>dns*:53/tcp/4 member>service:*/tcp/4 proxy2>service:*/4 = outbound"),
        new("include-all-of-ipv4", "-i 0.0.0.0/0", SelfCalls, "app>service:*/tcp/4 app>peer:*/tcp/4 app>guest:*/4 app>dns*:53/tcp/4 member>service:*/tcp/4 proxy2>service:*/4 = outbound"),
        new("include-all-of-ipv6", "-i ::/0", SelfCalls, "app>service:*/tcp/6 app>peer:*/tcp/6 app>guest:*/6 app>dns*:53/tcp/6 member>service:*/tcp/6 proxy2>service:*/6 = outbound"),
        new("exclude-ipv4-range", "-i * -x 10.96.0.0/16", AllOutbound, SelfCalls, "app>service:*/4 app>dns*:53/*/4 member>service:*/4 proxy2>service:*/4 = passed"),
        new("exclude-ipv6-range", "-i * -x fd96::/64", AllOutbound, SelfCalls, "app>service:*/6 app>dns*:53/*/6 member>service:*/6 proxy2>service:*/6 = passed"),
        new("exclude-both-families", "-b * -i * -x 10.77.0.0/24,fd77::/64", AllOutbound, SelfCalls, AllInbound, "app>peer:* = passed"),
        new("exclude-within-include", "-i 10.0.0.0/8 -x 10.77.0.0/24,10.78.0.0/24", SelfCalls, "app>service:*/tcp/4 app>dns*:53/tcp/4 member>service:*/tcp/4 proxy2>service:*/4 = outbound"),
        new("exclude-without-include", "-x 10.96.0.0/16", SelfCalls),
        new("include-ports", "-q 80", SelfCalls, "app>service:80/* app>peer:80/* app>guest:80/* member>service:80/* proxy2>service:80/* = outbound"),
        new("include-ports-and-range", "-q 80 -i 10.96.0.0/16", SelfCalls, "app>service:80/* app>peer:80/* app>guest:80/* member>service:80/* proxy2>service:80/* app>service:443/tcp/4 app>dns*:53/tcp/4 = outbound"),
        new("include-port-range", "-q 400-500,79-81", SelfCalls, "app>service:*/tcp/* app>peer:80/* app>guest:80/* member>service:80/* proxy2>service:80/* = outbound"),
        new("include-ports-in-excluded-range", "-q 80 -x 10.96.0.0/16", SelfCalls, "app>service:80/*/6 app>peer:80/* app>guest:80/* member>service:80/*/6 proxy2>service:80/*/6 = outbound"),
        new("exclude-ports", "-i * -o 80", AllOutbound, SelfCalls, "app>*:80/* member>*:80/* proxy2>service:80/* = passed"),
        new("exclude-port-that-is-included", "-q 80,443 -o 80", SelfCalls, "app>service:443/tcp/* = outbound"),
        new("exclude-port-of-self-call", "-b * -i * -o 8080", AllOutbound, SelfCalls, AllInbound, "proxy>*:8080/* uid>self:8080/* gid>self:8080/* marked>self:8080/* = passed"),
        new("include-loopback-range", "-i 127.0.0.0/8", SelfCalls, "app>localhost2:*/tcp/* = outbound"),
        new(
            "include-loopback-and-pod", "-i 127.0.0.0/8,10.0.0.0/8", SelfCalls,
            "app>service:*/tcp/4 app>peer:*/tcp/4 app>guest:*/4 app>dns*:53/tcp/4 app>localhost2:*/tcp/* app>self:*/tcp/4 member>service:*/tcp/4 proxy2>*/4 = outbound"),
        new("include-ipv6-loopback-and-pod", "-i ::1/128,fd77::/64", SelfCalls, "app>peer:*/tcp/6 app>self:*/tcp/6 proxy2>self:*/6 = outbound"),
        new("include-ports-beside-loopback-range", "-i 127.0.0.0/8 -q 8080", SelfCalls, "app>localhost2:*/tcp/* app>self:8080/* proxy2>self:8080/* = outbound"),
        new("loopback-of-eight-bits", "-b * -i *", AllOutbound, SelfCalls, "proxy>localhost2:* = passed", AllInbound)
        {
            Environment = ImmutableDictionary<string, string>.Empty.Add("ISTIO_OUTBOUND_IPV4_LOOPBACK_CIDR", "127.0.0.0/8"),
        },
        new("loopback-of-eight-bits-included", "-i 127.0.0.0/8", SelfCalls, "proxy>localhost2:* = passed")
        {
            Environment = ImmutableDictionary<string, string>.Empty.Add("ISTIO_OUTBOUND_IPV4_LOOPBACK_CIDR", "127.0.0.0/8"),
        },
    ];
}
