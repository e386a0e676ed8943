using Intercept.Capture.Execution;
using Intercept.Capture.Planning;
using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Capture.Lifecycle;

/// <summary>What the case table cannot show of the UDP policy: who is told what, and what happens over time.</summary>
public sealed class UdpPolicyTests
{
    private static readonly string[] _refuse = [.. CaptureScene.Everything, "--udp-policy", "refuse"];
    private static readonly string[] _count = [.. CaptureScene.Everything, "--udp-policy", "count"];

    public static TheoryData<CaptureBackend> Backends => CaptureBackends.All;

    [SkippableTheory]
    [MemberData(nameof(Backends))]
    public async Task The_call_that_sends_fails_whether_the_socket_is_connected_or_not(CaptureBackend backend)
    {
        await using var scene = await CaptureScene.OpenAsync(backend);
        await scene.InstallAsync(_refuse);
        foreach (var (family, to) in new[] { ("AF_INET", "10.96.0.10"), ("AF_INET6", "fd96::10") })
        {
            var said = await scene.World.MustInPodAsync($$"""
                python3 - <<'TEXT'
                import socket
                def told(call):
                    try:
                        return call()
                    except OSError as failure:
                        return type(failure).__name__
                connected = socket.socket(socket.{{family}}, socket.SOCK_DGRAM)
                connected.connect(("{{to}}", 443))
                print(told(lambda: connected.send(b"?")))
                print(told(lambda: socket.socket(socket.{{family}}, socket.SOCK_DGRAM).sendto(b"?", ("{{to}}", 443))))
                TEXT
                """);
            Assert.Equal("PermissionError\nPermissionError\n", said);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Backends))]
    public async Task Every_packet_is_asked_and_not_only_the_first_of_a_flow(CaptureBackend backend)
    {
        await using var scene = await CaptureScene.OpenAsync(backend);
        var flow = CaptureScene.Flows("app>service:443/udp/4").Single();
        var early = await KeptConnection.OpenAsync(scene.World, flow);
        Assert.Equal("peer:443", early.First.By);
        await scene.InstallAsync(_count);
        Assert.Equal(("peer:443", 1UL), ((await early.AskAsync()).By, await CountAsync(scene)));
        Assert.Equal(("peer:443", 2UL), ((await early.AskAsync()).By, await CountAsync(scene)));
        await scene.InstallAsync(_refuse);
        Assert.True((await early.AskAsync()).IsRefused);
        Assert.Equal(1UL, await CountAsync(scene));
    }

    [SkippableTheory]
    [MemberData(nameof(Backends))]
    public async Task What_comes_in_arrives_and_the_answer_is_a_datagram_like_any_other(CaptureBackend backend)
    {
        await using var scene = await CaptureScene.OpenAsync(backend);
        const string Call = """
            ip netns exec {0} python3 -c 'import socket; s = socket.socket(type=socket.SOCK_DGRAM); s.settimeout(1); s.sendto(b"?\n", ("10.77.0.2", 5000)); print(s.recv(99).decode())'
            """;
        var peer = Path.GetFileName(scene.World.PodNamespace).Replace("-pod", "-peer", StringComparison.Ordinal);
        string[] call = ["-c", Call.Replace("{0}", peer, StringComparison.Ordinal)];
        await scene.InstallAsync(_count);
        Assert.StartsWith("pod:5000", (await Programs.RunAsync("sh", call)).Output, StringComparison.Ordinal);
        Assert.Equal(1UL, await CountAsync(scene));
        await scene.InstallAsync(_refuse);
        Assert.Contains("timed out", (await Programs.RunAsync("sh", call)).Said, StringComparison.Ordinal);
        Assert.Equal(1UL, await CountAsync(scene));
        await scene.InstallAsync([.. _refuse, "-x", "10.77.0.0/24"]);
        Assert.StartsWith("pod:5000", (await Programs.RunAsync("sh", call)).Output, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [MemberData(nameof(Backends))]
    public async Task A_policy_replaces_another_and_goes_without_a_trace(CaptureBackend backend)
    {
        await using var scene = await CaptureScene.OpenAsync(backend);
        var before = await scene.World.SnapshotAsync();
        await scene.InstallAsync(CaptureScene.Everything);
        var without = await scene.World.SnapshotAsync();
        Assert.Null(await CountAsync(scene));
        await scene.InstallAsync(_refuse);
        Assert.NotEqual(without, await scene.World.SnapshotAsync());
        await scene.InstallAsync(_count);
        Assert.Equal(0UL, await CountAsync(scene));
        await scene.InstallAsync(CaptureScene.Everything);
        Assert.Equal(without, await scene.World.SnapshotAsync());
        Assert.Contains("nothing to do", await scene.InstallAsync(CaptureScene.Everything), StringComparison.Ordinal);
        await scene.UninstallAsync();
        Assert.Equal(before, await scene.World.SnapshotAsync());
    }

    [SkippableTheory]
    [MemberData(nameof(Backends))]
    public async Task A_missing_rule_of_the_policy_is_drift_and_is_repaired(CaptureBackend backend)
    {
        await using var scene = await CaptureScene.OpenAsync(backend);
        await scene.InstallAsync(_refuse);
        var asInstalled = await scene.World.SnapshotAsync();
        await scene.Rules.DeleteAsync(RuleTable.Filter, RuleChain.InterceptUdp, "the proxy carries no datagrams");
        Assert.Contains("missing: ", await scene.InstallAsync([.. _refuse, "--reconcile"]), StringComparison.Ordinal);
        Assert.Equal(asInstalled, await scene.World.SnapshotAsync());
    }

    private static Task<ulong?> CountAsync(CaptureScene scene) =>
        UdpPolicyCounter.ReadAsync(new ApplySettings { NetworkNamespace = scene.World.PodNamespace }, CancellationToken.None);
}
