using Intercept.Capture.Planning;
using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Capture.Lifecycle;

public sealed class UninstallTests
{
    /// <summary>TPROXY and DNS: rules in every table, ip rules, routes and an address.</summary>
    private static readonly string[] _everywhere = [.. CaptureScene.Everything, "-m", "TPROXY", "--drop-invalid", "--udp-policy", "refuse"];

    /// <summary>What other programs have in a pod, made to look like ours where that is possible.</summary>
    private const string Foreign = """
        nft 'add table inet others { chain output { type nat hook output priority -90; policy accept; tcp dport 9999 redirect to :1; }; }'
        ip rule add pref 100 fwmark 0x539 lookup 77
        ip -6 rule add pref 100 fwmark 0x539 lookup 77
        ip route add local default dev lo table 77
        ip route add blackhole 10.99.0.0/16 table 133
        ip -6 addr add fd99::9/128 dev lo nodad
        ip addr add 10.99.9.9/32 dev lo
        """;

    public static TheoryData<CaptureBackend> Backends => CaptureBackends.All;

    [SkippableTheory]
    [MemberData(nameof(Backends))]
    public async Task What_others_made_stays_and_everything_of_ours_goes(CaptureBackend backend)
    {
        await using var scene = await CaptureScene.OpenAsync(backend);
        await scene.World.MustInPodAsync(Foreign);
        await scene.World.MustInPodAsync(ForeignRules(backend, "-A"));
        var before = await scene.World.SnapshotAsync();
        await scene.InstallAsync(_everywhere);
        await scene.UninstallAsync();
        Assert.Equal(before, await scene.World.SnapshotAsync());
    }

    [SkippableTheory]
    [MemberData(nameof(Backends))]
    public async Task What_others_made_after_install_stays(CaptureBackend backend)
    {
        await using var scene = await CaptureScene.OpenAsync(backend);
        await using var without = await CaptureScene.OpenAsync(backend);
        await scene.InstallAsync(_everywhere);
        foreach (var world in new[] { scene.World, without.World })
        {
            await world.MustInPodAsync(Foreign);
            await world.MustInPodAsync(ForeignRules(backend, "-A"));
            await world.MustInPodAsync(ForeignRules(backend, "-I"));
        }

        await scene.UninstallAsync();
        Assert.Equal(Comparable(await without.World.SnapshotAsync()), Comparable(await scene.World.SnapshotAsync()));
    }

    [SkippableTheory]
    [MemberData(nameof(Backends))]
    public async Task Half_of_an_install_is_removed_too(CaptureBackend backend)
    {
        await using var scene = await CaptureScene.OpenAsync(backend);
        var before = await scene.World.SnapshotAsync();
        await scene.InstallAsync(_everywhere);
        await scene.World.MustInPodAsync("ip rule del fwmark 1337; ip -6 route flush table 133; ip -6 addr del ::6/128 dev lo");
        await scene.Rules.DeleteAsync(RuleTable.Mangle, RuleChain.Prerouting, "inbound capture");
        await scene.Rules.DeleteAsync(RuleTable.Nat, RuleChain.InterceptOutput, "the application");
        await scene.UninstallAsync();
        Assert.Equal(before, await scene.World.SnapshotAsync());
        Assert.Contains("nothing to do", await scene.UninstallAsync(), StringComparison.Ordinal);
    }

    [SkippableTheory]
    [MemberData(nameof(Backends))]
    public async Task Cleanup_only_is_uninstall(CaptureBackend backend)
    {
        await using var scene = await CaptureScene.OpenAsync(backend);
        var before = await scene.World.SnapshotAsync();
        await scene.InstallAsync(_everywhere);
        await scene.InstallAsync([.. _everywhere, "--cleanup-only"]);
        Assert.Equal(before, await scene.World.SnapshotAsync());
    }

    [SkippableTheory]
    [InlineData("uninstall", "--redirect-dns")]
    [InlineData("uninstall", "")]
    [InlineData("install", "--cleanup-only")]
    public async Task Removing_needs_no_resolver(string command, string flag)
    {
        await using var scene = await CaptureScene.OpenAsync(CaptureBackend.Nftables);
        var before = await scene.World.SnapshotAsync();
        await scene.InstallAsync(_everywhere);
        await scene.World.SetResolvConfAsync("search example.org\n");
        var finished = await scene.World.InitAsync(
            [command, .. flag.Split(' ', StringSplitOptions.RemoveEmptyEntries)], [new("ISTIO_META_DNS_CAPTURE", "true")]);
        Assert.True(finished.ExitCode == 0, finished.Said);
        Assert.Equal(before, await scene.World.SnapshotAsync());
    }

    [SkippableFact]
    public async Task Routing_that_was_there_before_serves_and_outlasts_us()
    {
        await using var scene = await CaptureScene.OpenAsync(CaptureBackend.Nftables);
        await scene.World.MustInPodAsync("ip rule add fwmark 1337 lookup 133; ip route add local default dev lo table 133; ip -6 addr add ::6/128 dev lo");
        var before = await scene.World.SnapshotAsync();
        await scene.World.Pod.AskAsync("transparent", new() { ["port"] = 15006, ["on"] = true });
        await scene.InstallAsync(_everywhere);
        var answers = await scene.World.SendAsync(CaptureScene.Inbound);
        Assert.All(answers.Values, answer => Assert.Equal("pod:15006", answer.By));
        await scene.UninstallAsync();
        Assert.Equal(before, await scene.World.SnapshotAsync());
    }

    private static string ForeignRules(CaptureBackend backend, string verb)
    {
        var variants = backend == CaptureBackend.Nftables ? ["nft"] : new[] { backend == CaptureBackend.IptablesNft ? "nft" : "legacy" };
        return string.Join('\n', variants.SelectMany(variant => new[] { "iptables", "ip6tables" }.SelectMany(tool => new[]
        {
            $"{tool}-{variant} -t nat {verb} OUTPUT -p tcp --dport 9998 -m comment --comment 'not INTERCEPT_OUTPUT' -j REDIRECT --to-ports 1",
            $"{tool}-{variant} -t nat {verb} PREROUTING -p tcp --dport 9998 -j RETURN",
            $"{tool}-{variant} -t mangle {verb} PREROUTING -p tcp --dport 9998 -j ACCEPT",
        })));
    }

    // Two worlds differ in the hardware addresses of their links, and tables are listed in the order in which they were made.
    private static IEnumerable<string> Comparable(string snapshot) => snapshot.Split('\n')
        .Where(line => !line.Contains("link/ether", StringComparison.Ordinal) && !line.Contains("fe80::", StringComparison.Ordinal) && line.Length > 0)
        .Order(StringComparer.Ordinal);
}
