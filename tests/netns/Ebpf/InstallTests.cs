using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Intercept.Capture.Ebpf;
using Intercept.Capture.Ebpf.Pinning;
using Intercept.Linux.Bpf;
using Intercept.Tests.Netns.Capture.Lifecycle;
using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Ebpf;

/// <summary>intercept-init with --backend ebpf, from a bare pod to a bare pod.</summary>
public sealed class InstallTests
{
    private static readonly string[] _narrow = ["-i", "*", "-b", "8080,9090", "-u", "1338"];

    [SkippableFact]
    public async Task Captures_both_directions_with_a_proxy_that_listens_already_and_leaves_nothing()
    {
        await using var scene = await EbpfScene.OpenAsync();
        var bare = await scene.SnapshotAsync();
        await scene.InstallAsync(EbpfScene.Everything);
        Assert.All((await scene.World.SendAsync(CaptureScene.Outbound)).Values, answer => Assert.Equal("pod:15001", answer.By));
        Assert.All((await scene.World.SendAsync(CaptureScene.Inbound)).Values, answer => Assert.Equal("pod:15006", answer.By));
        await scene.UninstallAsync();
        Assert.Equal(bare, await scene.SnapshotAsync());
        Assert.All((await scene.World.SendAsync(CaptureScene.Outbound)).Values, answer => Assert.NotEqual("pod:15001", answer.By));
        Assert.Contains("nothing to do", await scene.UninstallAsync(), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Dns_capture_tells_resolvers_of_both_families_apart_and_takes_its_route_along_when_it_goes()
    {
        await using var scene = await EbpfScene.OpenAsync();
        var bare = await scene.SnapshotAsync();
        await scene.InstallAsync("-i", "*", "--redirect-dns", "--capture-all-dns", "-o", "7");
        const string Both = """{"to": [["fd96::53", 53], ["fd96::54", 53], ["::ffff:10.96.0.53", 53], ["::ffff:10.96.0.54", 53]]}""";
        var answers = await Programs.MustAsync("sh", Meeting.Command(Path.GetFileName(scene.World.PodNamespace), scene.Groups.App, "ask", Both));
        Assert.Equal(
            new[] { "[fd96::53]:53", "[fd96::54]:53", "[::ffff:10.96.0.53]:53", "[::ffff:10.96.0.54]:53" }.Select(server => $"pod:15053 by - from {server}").Order(StringComparer.Ordinal),
            JsonSerializer.Deserialize<string[]>(answers)!.Order(StringComparer.Ordinal));
        Assert.Contains("nothing to do", await scene.InstallAsync("-i", "*", "--redirect-dns", "--capture-all-dns", "-o", "7"), StringComparison.Ordinal);

        // Only DNS asked for it.
        await scene.InstallAsync("-i", "*", "-o", "7");
        Assert.DoesNotContain("::127.53.0.0", await scene.World.SnapshotAsync(), StringComparison.Ordinal);
        await scene.UninstallAsync();
        Assert.Equal(bare, await scene.SnapshotAsync());
    }

    [SkippableFact]
    public async Task Guards_the_proxys_ports_where_that_is_asked_for()
    {
        await using var scene = await EbpfScene.OpenAsync();
        await scene.InstallAsync([.. EbpfScene.Everything, "--guard-ports"]);
        const string Places = """{"to": [["127.0.0.2", 15001], ["127.0.0.2", 15002]]}""";
        Task<string> BindAsync() => Programs.MustAsync("sh", Meeting.Command(Path.GetFileName(scene.World.PodNamespace), scene.Groups.App, "bind", Places));
        Assert.Equal("""["Operation not permitted", "Operation not permitted", "bound", "bound"]""", (await BindAsync()).Trim());
        Assert.Equal(2, (int)(await scene.StatusAsync())["ebpf"]!["counters"]!["bind_refused"]!);
        await scene.InstallAsync(EbpfScene.Everything);
        Assert.DoesNotContain("not permitted", await BindAsync(), StringComparison.Ordinal);
        await scene.UninstallAsync();
    }

    [SkippableFact]
    public async Task A_second_install_writes_nothing()
    {
        await using var scene = await EbpfScene.OpenAsync();
        await scene.InstallAsync(EbpfScene.Everything);
        var traces = Traces(scene);
        Assert.Contains("nothing to do", await scene.InstallAsync(EbpfScene.Everything), StringComparison.Ordinal);
        Assert.Contains("nothing to do", await scene.InstallAsync([.. EbpfScene.Everything, "--reconcile"]), StringComparison.Ordinal);
        Assert.Equal(traces, Traces(scene));
        await scene.UninstallAsync();
    }

    [SkippableFact]
    public async Task Another_configuration_takes_the_place_of_the_first_without_a_gap()
    {
        await using var scene = await EbpfScene.OpenAsync();
        await scene.InstallAsync("-i", "*", "-b", "8080");
        var kept = await KeptConnection.OpenAsync(scene.World, CaptureScene.Outbound[0]);
        var outcomes = await scene.World.Pod.HammerAsync(CaptureScene.Outbound, () => scene.InstallAsync(EbpfScene.Everything));
        outcomes.AllWentTo("pod:15001", CaptureScene.Outbound);
        Assert.Equal("pod:15001", (await kept.AskAsync()).By);
        await scene.UninstallAsync();
    }

    [SkippableTheory]
    [InlineData(CaptureBackend.Nftables)]
    [InlineData(CaptureBackend.IptablesNft)]
    public async Task Gives_way_to_packet_rules_without_a_gap_and_does_not_take_over_from_them(CaptureBackend rules)
    {
        await using var scene = await EbpfScene.OpenAsync();
        var bare = await scene.SnapshotAsync();
        await scene.InstallAsync(EbpfScene.Everything);
        var kept = await KeptConnection.OpenAsync(scene.World, CaptureScene.Outbound[0]);
        (await scene.World.Pod.HammerAsync(CaptureScene.Outbound, async () =>
        {
            var finished = await scene.InitAsync(["install", .. EbpfScene.Everything, .. rules.Flags()]);
            Assert.True(finished.ExitCode == 0, finished.Said);
        })).AllWentTo("pod:15001", CaptureScene.Outbound);
        Assert.Equal("pod:15001", (await kept.AskAsync()).By);
        Assert.False(Directory.Exists(scene.Layout.Root));

        // Rules that go take the translation of open connections with them.
        var before = await scene.SnapshotAsync();
        var refused = await scene.InitAsync(["install", "--backend", "ebpf", .. EbpfScene.Everything]);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("would leave in the clear", refused.Error, StringComparison.Ordinal);
        Assert.Equal(before, await scene.SnapshotAsync());
        await scene.UninstallAsync();
        Assert.Equal(bare, await scene.SnapshotAsync());
    }

    [SkippableFact]
    public async Task What_was_taken_away_is_noticed_named_and_put_back()
    {
        await using var scene = await EbpfScene.OpenAsync();
        await scene.InstallAsync(EbpfScene.Everything);
        var cgroup = Directory.GetDirectories(scene.Layout.Cgroups).Single();
        File.Delete(Path.Combine(cgroup, "connect4"));
        Assert.Contains("missing: program connect4", await RepairAsync(), StringComparison.Ordinal);

        File.Delete(Path.Combine(Directory.GetDirectories(scene.Layout.Pods).Single(), "inbound"));
        Assert.Contains("missing: program inbound", await RepairAsync(), StringComparison.Ordinal);

        using (var maps = EbpfMaps.OpenPinned(scene.Layout.Maps))
        {
            maps.Ports.Remove(maps.Ports.Keys().First(rule => rule.Rule == (ushort)RuleKind.PortOutExclude));
        }

        Assert.Contains("missing: PortOutExclude 7", await RepairAsync(), StringComparison.Ordinal);

        using (var maps = EbpfMaps.OpenPinned(scene.Layout.Maps))
        {
            maps.Pods.Remove(maps.Pods.Keys().Single());
        }

        Assert.Contains("not enrolled", await RepairAsync(), StringComparison.Ordinal);
        Assert.Contains("nothing to do", await scene.InstallAsync(EbpfScene.Everything), StringComparison.Ordinal);
        Assert.All((await scene.World.SendAsync(CaptureScene.Outbound)).Values, answer => Assert.Equal("pod:15001", answer.By));
        Assert.All((await scene.World.SendAsync(CaptureScene.Inbound)).Values, answer => Assert.Equal("pod:15006", answer.By));
        await scene.UninstallAsync();

        Task<string> RepairAsync() => scene.InstallAsync([.. EbpfScene.Everything, "--reconcile"]);
    }

    [SkippableFact]
    public async Task A_process_outside_of_the_cgroup_is_named_and_nothing_is_installed()
    {
        await using var scene = await EbpfScene.OpenAsync();
        var bare = await scene.SnapshotAsync();
        await File.WriteAllTextAsync(Path.Combine(ControlGroups.Mount()!, "cgroup.procs"), scene.World.Pod.ProcessId.ToString(CultureInfo.InvariantCulture));
        var refused = await scene.InitAsync(["install", "--backend", "ebpf", .. EbpfScene.Everything]);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"pid {scene.World.Pod.ProcessId} (python3) in /"), refused.Error, StringComparison.Ordinal);
        await scene.UninstallAsync();
        Assert.Equal(bare, await scene.SnapshotAsync());
    }

    [SkippableFact]
    public async Task What_only_the_proxys_sockets_need_is_attached_to_its_cgroup_where_that_is_known()
    {
        await using var scene = await EbpfScene.OpenAsync();
        var bare = await scene.SnapshotAsync();
        await scene.InstallAsync([.. EbpfScene.Everything, "--client-address", "--proxy-cgroup", scene.Groups.Proxy]);
        var proxys = scene.Layout.Cgroup(await ControlGroups.IdAsync(scene.Groups.Proxy));
        Assert.Equal(["original_destination", "present_client", "record"], Directory.GetFiles(proxys).Select(Path.GetFileName).Order());
        Assert.False(File.Exists(Path.Combine(scene.Layout.Cgroup(await ControlGroups.IdAsync(scene.Groups.Root)), "original_destination")));
        Assert.Empty((await scene.StatusAsync())["ebpf"]!["problems"]!.AsArray());
        File.Delete(Path.Combine(proxys, "original_destination"));
        Assert.Equal("missing: program original_destination", (string)(await scene.StatusAsync())["ebpf"]!["problems"]![0]!);
        await scene.UninstallAsync();
        Assert.Equal(bare, await scene.SnapshotAsync());
    }

    [SkippableFact]
    public async Task Two_pods_share_the_maps_and_the_first_to_go_leaves_the_other_captured()
    {
        await using var scene = await EbpfScene.OpenAsync();
        await using var other = await EbpfScene.OpenAsync();
        string[] shared = ["--bpffs", scene.Pins.Path];
        await scene.InstallAsync(EbpfScene.Everything);
        var finished = await other.World.InitAsync(["install", "--backend", "ebpf", .. _narrow, "--cgroup", other.Groups.Root, .. shared, "--state-dir", "/proc/none"]);
        Assert.True(finished.ExitCode == 0, finished.Said);
        Assert.Contains("is not recorded", finished.Error, StringComparison.Ordinal);
        Assert.Equal(2, Directory.GetDirectories(scene.Layout.Pods).Length);
        await scene.UninstallAsync();
        Assert.Single(Directory.GetDirectories(scene.Layout.Pods));
        Assert.Single(Directory.GetDirectories(scene.Layout.Cgroups));
        Assert.All((await other.World.SendAsync(CaptureScene.Outbound)).Values, answer => Assert.Equal("pod:15001", answer.By));
        Assert.All((await scene.World.SendAsync(CaptureScene.Outbound)).Values, answer => Assert.NotEqual("pod:15001", answer.By));
        finished = await other.World.InitAsync(["uninstall", .. shared]);
        Assert.True(finished.ExitCode == 0, finished.Said);
        Assert.False(Directory.Exists(scene.Layout.Root));
    }

    [SkippableFact]
    public async Task Pods_below_one_cgroup_pass_the_programs_that_are_attached_there_once()
    {
        await using var node = await EbpfScene.OpenAsync();
        await using var pod = await EbpfScene.OpenAsync();
        await node.EnterAsync(pod.World.Pod.ProcessId);
        string[] place = ["--cgroup", node.Groups.Root, "--bpffs", node.Pins.Path, "--state-dir", "/proc/none"];
        await node.InstallAsync(EbpfScene.Everything);

        // The second is known by the cookie of its namespace alone; until it is enrolled it is left alone.
        Assert.All((await pod.World.SendAsync(CaptureScene.Outbound)).Values, answer => Assert.NotEqual("pod:15001", answer.By));
        var finished = await pod.World.InitAsync(["install", "--backend", "ebpf", .. EbpfScene.Everything, .. place]);
        Assert.True(finished.ExitCode == 0, finished.Said);
        Assert.Single(Directory.GetDirectories(node.Layout.Cgroups));
        foreach (var world in new[] { node.World, pod.World })
        {
            Assert.All((await world.SendAsync(CaptureScene.Outbound)).Values, answer => Assert.Equal("pod:15001", answer.By));
            Assert.All((await world.SendAsync(CaptureScene.Inbound)).Values, answer => Assert.Equal("pod:15006", answer.By));
        }

        await node.UninstallAsync();
        Assert.All((await pod.World.SendAsync(CaptureScene.Outbound)).Values, answer => Assert.Equal("pod:15001", answer.By));
        finished = await pod.World.InitAsync(["uninstall", .. place]);
        Assert.True(finished.ExitCode == 0, finished.Said);
        Assert.False(Directory.Exists(node.Layout.Root));
    }

    [SkippableFact]
    public async Task What_outlived_its_namespace_and_cgroup_goes_with_the_next_install()
    {
        await using var scene = await EbpfScene.OpenAsync();
        await using (var gone = await EbpfScene.OpenAsync())
        {
            var finished = await gone.World.InitAsync(
                ["install", "--backend", "ebpf", .. _narrow, "--cgroup", gone.Groups.Root, "--bpffs", scene.Pins.Path, "--state-dir", "/proc/none"]);
            Assert.True(finished.ExitCode == 0, finished.Said);
            PinLayout.Create(scene.Layout.UnsettledRules(77));
            PinLayout.Create(Path.Combine(scene.Layout.Root, "stage-1"));
        }

        var said = await scene.InstallAsync(EbpfScene.Everything);
        Assert.Contains("is gone: removing its capture", said, StringComparison.Ordinal);
        Assert.Contains("interrupted run left", said, StringComparison.Ordinal);
        Assert.Single(Directory.GetDirectories(scene.Layout.Pods));
        Assert.Single(Directory.GetDirectories(scene.Layout.Cgroups));
        Assert.Empty(Directory.GetDirectories(scene.Layout.Unsettled));
        using (var maps = EbpfMaps.OpenPinned(scene.Layout.Maps))
        {
            var id = maps.Pods.TryGet(maps.Pods.Keys().Single(), out var pod) ? pod.Id : 0;
            Assert.All(maps.Ports.Keys(), rule => Assert.Equal(id, rule.Pod));
            Assert.All(maps.Ranges.Keys(), rule => Assert.Equal(id, rule.Pod));
        }

        await scene.UninstallAsync();
        Assert.False(Directory.Exists(scene.Layout.Root));
    }

    [SkippableFact]
    public async Task Without_a_proxy_a_connection_is_refused_and_counted()
    {
        await using var scene = await EbpfScene.OpenAsync(proxy: false);
        await scene.InstallAsync(EbpfScene.Everything);
        Assert.All((await scene.World.SendAsync(CaptureScene.Outbound)).Values, answer => Assert.Equal("refused", answer.By));
        Assert.All((await scene.World.SendAsync(CaptureScene.Inbound)).Values, answer => Assert.Equal("refused", answer.By));
        var counters = (await scene.StatusAsync())["ebpf"]!["counters"]!;
        Assert.True((int)counters["out_captured"]! >= CaptureScene.Outbound.Count);
        Assert.True((int)counters["in_no_listener_refused"]! >= CaptureScene.Inbound.Count);
        await scene.UninstallAsync();
    }

    [SkippableFact]
    public async Task Events_are_printed_as_they_happen()
    {
        await using var scene = await EbpfScene.OpenAsync();
        await scene.InstallAsync([.. EbpfScene.Everything, "--udp-policy", "refuse", "--events-per-second", "100"]);
        await using var events = RunningInit.Start(scene.World, "events", "--output", "json", "--bpffs", scene.Pins.Path);
        await scene.World.SendAsync(CaptureScene.Flows("app>service:443/udp/4"));
        var told = JsonNode.Parse(await events.WaitForAsync("out_udp_refused"))!;
        Assert.Equal("python3", (string)told["command"]!);
        Assert.EndsWith(":443", (string)told["peer"]!, StringComparison.Ordinal);
        Assert.InRange(DateTimeOffset.UtcNow - (DateTimeOffset)told["time"]!, TimeSpan.FromSeconds(-1), Patience.WithAProgram);
        Assert.Equal(0, await events.StopAsync());
        await scene.UninstallAsync();
        var none = await scene.InitAsync(["events"]);
        Assert.Equal(1, none.ExitCode);
        Assert.Contains("no events can be read", none.Error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Status_says_what_captures_why_and_what_is_missing()
    {
        await using var scene = await EbpfScene.OpenAsync();
        var none = await scene.InitAsync(["status"]);
        Assert.Equal(95, none.ExitCode);
        Assert.Contains("nothing captures here", none.Output, StringComparison.Ordinal);
        await scene.InstallAsync(EbpfScene.Everything);
        var status = await scene.StatusAsync();
        Assert.Equal("eBPF", (string)status["backends"]![0]!);
        Assert.StartsWith("it was asked for, and connections from a scratch cgroup", (string)status["recorded"]!["shares"]![0]!["reason"]!, StringComparison.Ordinal);
        Assert.Empty(status["ebpf"]!["problems"]!.AsArray());
        File.Delete(Path.Combine(Directory.GetDirectories(scene.Layout.Cgroups).Single(), "connect6"));
        var broken = await scene.InitAsync(["status"]);
        Assert.Equal(95, broken.ExitCode);
        Assert.Contains("PROBLEM: missing: program connect6", broken.Output, StringComparison.Ordinal);
        await scene.UninstallAsync();
    }

    private static List<string> Traces(EbpfScene scene) =>
        [.. Directory.EnumerateFiles(scene.Layout.Version, "*", SearchOption.AllDirectories).Where(pin => !pin.EndsWith("record", StringComparison.Ordinal) && !pin.Contains("/maps/", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(pin =>
        {
            using var link = BpfLink.OpenPinned(pin);
            return $"{pin} {link.Place()}";
        })];
}
