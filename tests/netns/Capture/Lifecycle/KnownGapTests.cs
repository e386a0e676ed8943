using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Capture.Lifecycle;

/// <summary>Where traffic is known to slip past, or to loop, elsewhere.</summary>
public sealed class KnownGapTests
{
    public static TheoryData<CaptureBackend> Backends => CaptureBackends.All;

    [SkippableTheory]
    [MemberData(nameof(Backends))]
    public async Task IPv6_is_captured_although_the_pods_first_address_is_IPv4(CaptureBackend backend)
    {
        await using var scene = await CaptureScene.OpenAsync(backend);
        var finished = await scene.World.InitAsync(
            ["install", "-i", "*", "-b", "*", .. backend.Flags()],
            new Dictionary<string, string> { ["INSTANCE_IP"] = "10.77.0.2", ["INSTANCE_IPS"] = "10.77.0.2,fd77::2", ["DUAL_STACK"] = "false" });
        Assert.True(finished.ExitCode == 0, finished.Said);
        await ExpectAsync(scene, ("app>service:80/tcp/6", "pod:15001"), ("peer>pod:8080/tcp/6", "pod:15006"), ("proxy>self:8080/tcp/6", "pod:15006"));
    }

    [SkippableTheory]
    [MemberData(nameof(Backends))]
    public async Task Each_of_several_proxy_uids_leaves_the_pod_and_calls_it_by_its_listener(CaptureBackend backend)
    {
        await using var scene = await CaptureScene.OpenAsync(backend);
        await scene.InstallAsync("-i", "*", "-b", "*", "-u", "1337,1338", "-g", "4000");
        await ExpectAsync(
            scene, ("proxy>service:80/tcp/4", "peer:80"), ("proxy2>service:80/tcp/4", "peer:80"), ("proxy2>service:80/tcp/6", "peer:80"),
            ("proxy>self:8080/tcp/4", "pod:15006"), ("proxy2>self:8080/tcp/4", "pod:15006"), ("proxy2>self:8080/tcp/6", "pod:15006"));
    }

    [SkippableTheory]
    [MemberData(nameof(Backends))]
    public async Task A_proxy_that_is_known_by_gid_alone_neither_loops_nor_misses_its_listener(CaptureBackend backend)
    {
        await using var scene = await CaptureScene.OpenAsync(backend);
        await scene.InstallAsync("-i", "*", "-b", "*", "-u", "4000", "-g", "1337");
        await ExpectAsync(
            scene, ("gid>service:80/tcp/4", "peer:80"), ("gid>service:80/tcp/6", "peer:80"), ("gid>self:8080/tcp/4", "pod:15006"),
            ("gid>self:8080/tcp/6", "pod:15006"), ("uid>service:80/tcp/4", "pod:15001"));
    }

    [SkippableTheory]
    [MemberData(nameof(Backends))]
    public async Task The_address_of_the_passthrough_answers_as_soon_as_install_ends(CaptureBackend backend)
    {
        await using var scene = await CaptureScene.OpenAsync(backend);
        var flow = CaptureScene.Flows("passthrough>self:8080/tcp/6")[0];
        for (var round = 0; round < 10; round++)
        {
            await scene.InstallAsync("-i", "*");
            var before = await SentAgainAsync(scene);
            Assert.Equal("pod:8080", (await scene.World.SendAsync([flow]))[flow.Name].By);

            // A lost answer comes again after a second.
            Assert.Equal(before, await SentAgainAsync(scene));
            await scene.UninstallAsync();
        }
    }

    // The kernel's own count: how long it took says nothing on a busy machine.
    private static Task<string> SentAgainAsync(CaptureScene scene) => scene.World.MustInPodAsync("""
        awk '/^Tcp:/ { if (!column) { for (i = 1; i <= NF; i++) if ($i == "RetransSegs") column = i } else print $column }' /proc/net/snmp
        """);

    private static async Task ExpectAsync(CaptureScene scene, params (string Flow, string By)[] expected)
    {
        var answers = await scene.World.SendAsync(CaptureScene.Flows(expected.Select(entry => entry.Flow)));
        Assert.All(expected, entry => Assert.Equal(entry.By, answers[entry.Flow].By));
    }
}
