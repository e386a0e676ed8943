using System.Collections.Immutable;
using static Intercept.Tests.Cases.Expect;

namespace Intercept.Tests.Cases;

/// <summary>What is captured of what comes in.</summary>
internal static class InboundCases
{
    public static ImmutableArray<CaptureCase> All { get; } =
    [
        new("inbound-only", "-b *", SelfCalls, AllInbound),
        new("inbound-one-port", "-b 8080 -i *", AllOutbound, SelfCalls, "peer>pod:8080/* guest>pod2:8080/* = inbound"),
        new("inbound-ports", "-b 8080,9090 -i *", AllOutbound, SelfCalls, "peer>pod:8080/* peer>pod:9090/* guest>pod2:8080/* = inbound"),
        new("inbound-port-range", "-b 8000-9000", SelfCalls, "peer>pod:8080/* guest>pod2:8080/* = inbound"),
        new("inbound-lists-hbone", "-b 8080,15008", SelfCalls, "peer>pod:8080/* guest>pod2:8080/* = inbound"),
        new("inbound-list-beside-injected-excludes", "-b 8080 -d 15090,15021,15020", SelfCalls, "peer>pod:8080/* guest>pod2:8080/* = inbound"),
        new("inbound-exclude", "-b * -d 8080", SelfCalls, AllInbound, "peer>pod:8080/* guest>pod2:8080/* = passed"),
        new("inbound-exclude-several", "-b * -i * -d 15090,15021,15020,9090", AllOutbound, SelfCalls, AllInbound, InjectedExcludes, "peer>pod:9090/* = passed"),
        new("inbound-exclude-range", "-b * -d 15000-15999", SelfCalls, AllInbound, InjectedExcludes),
        new("inbound-exclude-with-empty-element", "-b * -d 15090,", SelfCalls, AllInbound, "peer>pod:15090/* = passed"),
        new("drop-invalid", "-b * -i * --drop-invalid", AllOutbound, SelfCalls, AllInbound, "stray>* = dropped"),
        new("drop-invalid-alone", "", SelfCalls, "stray>* = dropped")
        {
            Environment = ImmutableDictionary<string, string>.Empty.Add("INVALID_DROP", "true"),
        },
        new("drop-invalid-but-on-excluded-interface", "-b * --drop-invalid -c eth0", SelfCalls, "guest>* = inbound"),
    ];
}
