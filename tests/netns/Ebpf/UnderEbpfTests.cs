using Intercept.Capture.Configuration;
using Intercept.Capture.Ebpf;
using Intercept.Capture.Planning;
using Intercept.Core.Addressing;
using Intercept.Tests.Cases;
using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Ebpf;

/// <summary>The case table that iptables and nftables are held to, with the programs of bpf/ in the kernel.</summary>
public sealed class UnderEbpfTests(EbpfMatrixWorld shared) : IClassFixture<EbpfMatrixWorld>
{
    private static readonly Dictionary<string, uint> _interfaces = new() { [CaseWorld.PeerInterface] = 10, [CaseWorld.GuestInterface] = 11 };

    private static uint _rules = 1000;

    private static readonly string[] _within =
        [.. CaptureCases.All.Where(capture => Unsupported(capture).Length == 0).Select(capture => capture.Name)];

    public static TheoryData<string> Names => new(_within);

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public async Task Real_connections_go_where_the_case_says(string name)
    {
        EbpfWorld.Need();
        var capture = CaptureCases.Named(name);
        var entry = await shared.OpenAsync(capture.InboundPort);
        var plan = EbpfPlan.Create(
            Configuration(capture), ++_rules, [.. Both(CaseWorld.Pod), .. Both(CaseWorld.Pod2), CaseWorld.Passthrough.Of(ipv6: true)], _interfaces);
        await entry.World.MustInPodAsync("ip -6 addr replace ::6/128 dev lo nodad");
        entry.Programs.Maps.Enrol(entry.Programs.Cookie, plan);

        var flows = FlowCases.All.Where(IsOfASocket).ToList();
        var before = DatagramsCounted(entry);
        var failures = FlowRuns.Differences(capture, flows, await entry.World.SendAsync(flows)).ToList();
        var expected = flows.Count(flow => capture.Expected(flow) is CaseOutcome.Counted or CaseOutcome.Refused && flow.Protocol == RuleProtocol.Udp);
        if (DatagramsCounted(entry) - before is var counted && counted != (ulong)expected)
        {
            failures.Add($"the udp policy counted {counted}, and {expected} datagrams concern it");
        }

        Assert.True(failures.Count == 0, $"{name} under eBPF:\n{string.Join('\n', failures)}");
    }

    [Fact]
    public void Most_cases_are_within_reach_and_the_rest_is_named()
    {
        var beyond = CaptureCases.All.Where(capture => !_within.Contains(capture.Name)).ToList();
        Assert.True(_within.Length > beyond.Count, $"{_within.Length} of {CaptureCases.All.Length}");
        Assert.All(beyond, capture => Assert.NotEmpty(Unsupported(capture)));
    }

    // A packet that answers nothing, and what the pod forwards for a guest: no socket of the pod takes part.
    private static bool IsOfASocket(FlowCase flow) =>
        !flow.IsInvalid && (flow.Sender != CaseSender.Guest || CaseWorld.IsOwn(flow.Destination.Address));

    private static ulong DatagramsCounted(EbpfMatrixWorld.Entry entry) =>
        entry.Programs.Maps.Count(entry.Programs.Cookie, CaptureReason.OutUdpPassed)
        + entry.Programs.Maps.Count(entry.Programs.Cookie, CaptureReason.OutUdpRefused);

    private static NetAddress[] Both(DualAddress address) => [address.Of(ipv6: false), address.Of(ipv6: true)];

    private static string[] Unsupported(CaptureCase capture) => [.. EbpfPlan.Unsupported(Configuration(capture), forwards: false, _interfaces)];

    private static CaptureConfiguration Configuration(CaptureCase capture)
    {
        var result = CaptureOptionsReader.Read(capture.Arguments, capture.Environment, capture.Host);
        Assert.Empty(result.Problems);
        return result.Options!.Configuration;
    }
}
