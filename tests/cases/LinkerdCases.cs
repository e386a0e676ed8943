using System.Collections.Immutable;

namespace Intercept.Tests.Cases;

/// <summary>Linkerd's proxy-init: nothing on lo, nothing for the proxy, no exception for 15008, sources instead of destinations.</summary>
internal static class LinkerdCases
{
    private const string Outbound =
        "app>service:*/tcp/* app>peer:*/tcp/* app>guest:* app>dns*:53/tcp/* member>service:*/tcp/* proxy2>service:* gid>service:*/tcp/* = outbound";

    private const string Inbound = "peer>* guest>* = inbound";

    public static ImmutableArray<CaptureCase> All { get; } =
    [
        Case("linkerd", "-u 1337", Outbound, Inbound),
        Case("linkerd-chart", "-u 1337 --inbound-ports-to-ignore 4190,4191,15020 --outbound-ports-to-ignore 4567,443 -w --ipv6=false", Outbound, "app>service:443/* = passed", Inbound, "peer>pod:15020/* = passed"),
        Case("linkerd-gid", "-u 1337 -g 1337", Outbound, "gid>service:* = passed", Inbound),
        Case("linkerd-gid-only", "-g 1337", Outbound, "gid>service:* = passed", "uid>service:*/tcp/* = outbound", Inbound),
        Case("linkerd-listed-ports", "-u 1337 -r 8080 -r 9000-9100", Outbound, "peer>pod:8080/* peer>pod:9090/* guest>pod2:* = inbound"),
        Case("linkerd-listed-and-ignored", "-u 1337 -r 8080,9090 --inbound-ports-to-ignore 9000-9100", Outbound, "peer>pod:8080/* guest>pod2:* = inbound"),
        Case("linkerd-subnets", "-u 1337 --subnets-to-ignore 10.77.0.0/24,fd78::/64", Outbound, "peer>*/6 guest>*/4 = inbound"),
        Case("linkerd-ignore-ranges", "-u 1337 --inbound-ports-to-ignore 15000-15090 --outbound-ports-to-ignore 1-100", Outbound, "app>*:80/* app>dns*:53/* member>* proxy2>* gid>* = passed", Inbound, "peer>pod:15008/* peer>pod:1502?/* peer>pod:15090/* = passed"),
    ];

    private static CaptureCase Case(string name, string arguments, params string[] expectations) =>
        new(name, $"--linkerd -p 4143 -o 4140 {arguments}", expectations) { InboundPort = 4143, OutboundPort = 4140 };
}
