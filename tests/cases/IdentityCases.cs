using System.Collections.Immutable;
using static Intercept.Tests.Cases.Expect;

namespace Intercept.Tests.Cases;

/// <summary>What is captured by who sends it.</summary>
internal static class IdentityCases
{
    private const string OnlyProxyIsByUid =
        "proxy>self:8080/* proxy>self:53/* proxy>localhost2:* uid>self:* marked>self:* = inbound";

    public static ImmutableArray<CaptureCase> All { get; } =
    [
        new("several-uids", "-b * -i * -u 1337,1338", AllOutbound, SelfCalls, AllInbound, "proxy2>service:* = passed", "proxy2>self:* = inbound"),
        new("several-uids-the-other-way", "-b * -i * -u 1338,1337 -g 1338", AllOutbound, OnlyProxyIsByUid, AllInbound, "proxy2>service:* = passed", "proxy2>self:* = inbound", "gid>service:*/tcp/* = outbound"),
        new("several-gids", "-i * -u 1337 -g 1337,1338", AllOutbound, SelfCalls, "proxy2>service:* = passed", "proxy2>self:* = inbound"),
        new("uid-only", "-b * -i * -u 1337 -g 4000", AllOutbound, OnlyProxyIsByUid, AllInbound, "gid>service:*/tcp/* = outbound"),
        new("gid-only", "-b * -i * -u 4000 -g 1337", AllOutbound, "proxy>self:8080/* proxy>self:53/* proxy>localhost2:* gid>self:* marked>self:* = inbound", AllInbound, "uid>service:*/tcp/* = outbound"),
        new("another-proxy", "-b * -i * -u 1338 -g 1338", AllOutbound, AllInbound, "proxy>service:*/tcp/* proxy>dns:*/tcp/* uid>service:*/tcp/* gid>service:*/tcp/* = outbound", "proxy2>service:* = passed", "proxy2>self:* = inbound"),
        new("owner-group-included", "-b * -i *", "member>service:*/tcp/* = outbound", SelfCalls, AllInbound) { Environment = Groups("2001") },
        new("owner-group-included-by-name", "-i *", "member>service:*/tcp/* = outbound", SelfCalls) { Environment = Groups("proxied") },
        new("owner-groups-included", "-i *", AllOutbound, "proxy2>service:* = passed", SelfCalls) { Environment = Groups("2001,5000") },
        new("owner-group-excluded", "-b * -i *", AllOutbound, "member>service:* = passed", SelfCalls, AllInbound) { Environment = ExcludedGroups("2001") },
        new("owner-groups-excluded", "-i *", "proxy2>service:* = outbound", SelfCalls) { Environment = ExcludedGroups("2001,5000") },
        new("owner-group-excluded-with-range", "-i 10.96.0.0/16 -q 443", "app>service:*/tcp/4 app>service:443/tcp/6 app>dns*:53/tcp/4 proxy2>service:*/4 = outbound", SelfCalls) { Environment = ExcludedGroups("2001") },
        new("owner-group-included-with-dns", "-i * --redirect-dns", "member>service:*/tcp/* = outbound", "member>dns:* = dns", SelfCalls, DnsOfProxyPasses) { Environment = Groups("2001") },
        new("owner-group-excluded-with-dns", "-i * --redirect-dns", AllOutbound, "member>service:* = passed", "app>dns:* = dns", SelfCalls, DnsOfProxyPasses) { Environment = ExcludedGroups("2001") },
    ];

    private static ImmutableDictionary<string, string> Groups(string list) =>
        ImmutableDictionary<string, string>.Empty.Add("ISTIO_OUTBOUND_OWNER_GROUPS", list);

    private static ImmutableDictionary<string, string> ExcludedGroups(string list) =>
        ImmutableDictionary<string, string>.Empty.Add("ISTIO_OUTBOUND_OWNER_GROUPS_EXCLUDE", list);
}
