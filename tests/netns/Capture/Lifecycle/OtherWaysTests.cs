using Intercept.Capture.Execution;
using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Capture.Lifecycle;

/// <summary>What interceptor/CAPTURE.md says of sockets other than TCP's: under rules every packet that IP sends is asked.</summary>
public sealed class OtherWaysTests
{
    private static readonly string[] _passed =
    [
        // Below IP nobody is asked.
        "packet: ECONNREFUSED", "udp_lite: sent, heard", "sctp: sent, heard", "icmp: sent, heard", "packet_udp: sent, heard",
    ];

    public static TheoryData<CaptureBackend> Backends => CaptureBackends.All;

    [SkippableTheory]
    [MemberData(nameof(Backends))]
    public async Task Whatever_sends_TCP_through_IP_is_captured_and_UDP_refused_and_the_rest_passes(CaptureBackend backend)
    {
        await using var scene = await CaptureScene.OpenAsync(backend);
        await scene.InstallAsync([.. CaptureScene.Everything, "--udp-policy", "refuse"]);
        Assert.Equal(
            [
                "connect: accepted", "io_uring: accepted", "mptcp: accepted", "fast_open: accepted",

                // Sent to the proxy on lo, and held to eth0: it arrives nowhere.
                "bound_device: lost",
                "raw: accepted", "udp: EPERM", "bound_device_udp: EPERM", "raw_udp: EPERM", .. _passed,
            ],
            Order(await TryAsync(scene)));
        Assert.Equal(3UL, await UdpPolicyCounter.ReadAsync(new ApplySettings { NetworkNamespace = scene.World.PodNamespace }, CancellationToken.None));
    }

    [SkippableFact]
    public async Task Without_rules_every_way_leads_to_the_peer()
    {
        await using var scene = await CaptureScene.OpenAsync(CaptureBackend.Nftables);
        Assert.Equal(
            [
                .. OtherWays.Tcp.Where(way => way != "packet").Select(way => $"{way}: ECONNREFUSED"),
                "udp: peer:443", "bound_device_udp: peer:443", "raw_udp: sent", .. _passed,
            ],
            Order(await TryAsync(scene)));
    }

    [SkippableTheory]
    [MemberData(nameof(Backends))]
    public async Task A_socket_that_is_older_than_the_rules_is_captured_when_it_connects(CaptureBackend backend)
    {
        await using var scene = await CaptureScene.OpenAsync(backend);
        await using var socket = await OlderSocket.MakeAsync(Path.GetFileName(scene.World.PodNamespace), null);
        await scene.InstallAsync(CaptureScene.Everything);
        Assert.Equal("accepted", await socket.ConnectAsync());
    }

    // NAT asks conntrack, which begins to look when the first rule of a namespace needs it: for what it has not seen beginning, the
    // next packet is the first, and the proxy knows no such connection.
    [SkippableTheory]
    [MemberData(nameof(Backends))]
    public async Task A_connection_that_is_older_than_the_rules_goes_on_where_conntrack_knows_it_and_is_reset_where_not(CaptureBackend backend)
    {
        await using var scene = await CaptureScene.OpenAsync(backend);
        var unknown = await KeptConnection.OpenAsync(scene.World, CaptureScene.Outbound[0]);
        await scene.World.MustInPodAsync(
            "nft 'add table inet others; add chain inet others sent { type filter hook output priority 1; }; add rule inet others sent ct state new'");
        var known = await KeptConnection.OpenAsync(scene.World, CaptureScene.Outbound[0]);
        await scene.InstallAsync(CaptureScene.Everything);
        Assert.Equal(("peer:80", "peer:80"), (known.First.By, (await known.AskAsync()).By));
        Assert.Equal(("peer:80", "reset"), (unknown.First.By, (await unknown.AskAsync()).By));
    }

    // What passes always, last.
    private static IEnumerable<string> Order(IReadOnlyList<string> answers) =>
        answers.OrderBy(answer => _passed.Any(passed => passed.Split(':')[0] == answer.Split(':')[0]));

    private static Task<IReadOnlyList<string>> TryAsync(CaptureScene scene)
    {
        var pod = Path.GetFileName(scene.World.PodNamespace);
        return OtherWays.TryAsync(
            pod, pod.Replace("-pod", "-peer", StringComparison.Ordinal), null,
            [.. OtherWays.Tcp, .. OtherWays.Udp, .. OtherWays.Heard.Select(heard => heard.Way)]);
    }
}
