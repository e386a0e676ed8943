using Intercept.Capture.Ebpf.Probing;
using Intercept.Capture.Verification;
using Intercept.Linux.Processes;
using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Ebpf.Probing;

/// <summary>The probe where nothing is in the way, and what stays of it: nothing.</summary>
[Collection("probing")]
public sealed class ProbeTests
{
    [SkippableFact]
    public async Task Both_directions_are_shown_to_work_by_real_connections_and_nothing_is_left()
    {
        await using var scene = await ProbingScene.CreateAsync();
        var findings = await scene.ProbeAsync();
        Assert.True(findings.Outbound.IsUsable && findings.Inbound.IsUsable, $"{findings.Outbound} / {findings.Inbound}");
        ProbingScene.AssertReasons(EbpfReason.Works, EbpfReason.Works, findings);
        Assert.Contains("IPv4 and IPv6", findings.Outbound.First.Detail, StringComparison.Ordinal);
        Assert.Contains("IPv4 and IPv6", findings.Inbound.First.Detail, StringComparison.Ordinal);
        await scene.AssertNothingIsLeftAsync();
    }

    [SkippableFact]
    public async Task Without_SYS_ADMIN_outbound_is_shown_in_the_own_namespace_and_inbound_is_said_to_be_attached_only()
    {
        await using var scene = await ProbingScene.CreateAsync();
        var findings = await scene.ProbeUnderAsync("setpriv", "--bounding-set", "-sys_admin", "--");
        ProbingScene.AssertReasons(EbpfReason.Works, EbpfReason.Attaches, findings);
        Assert.Contains("in this network namespace", findings.Outbound.First.Detail, StringComparison.Ordinal);
        Assert.Contains("no connection could show it", findings.Inbound.First.Detail, StringComparison.Ordinal);
        Assert.Contains("CAP_SYS_ADMIN", findings.Inbound.First.Detail, StringComparison.Ordinal);
        await scene.AssertNothingIsLeftAsync();
    }

    [SkippableFact]
    public async Task Where_a_filter_forbids_namespaces_that_is_said_and_the_own_one_serves()
    {
        await using var scene = await ProbingScene.CreateAsync();
        var findings = await scene.ProbeUnderAsync("python3", "-B", Path.Combine(Checkout.Probe, "obstacles.py"), "without-unshare");
        ProbingScene.AssertReasons(EbpfReason.Works, EbpfReason.Attaches, findings);
        Assert.Contains("unshare failed", findings.Inbound.First.Detail, StringComparison.Ordinal);
        await scene.AssertNothingIsLeftAsync();
    }

    [SkippableFact]
    public async Task The_scratch_cgroup_is_made_where_it_is_asked_for()
    {
        await using var scene = await ProbingScene.CreateAsync();
        var container = Directory.CreateDirectory(Path.Combine(scene.Cgroup, "container")).FullName;
        var left = Directory.CreateDirectory(Path.Combine(container, "intercept-probe-1-1")).FullName;
        ProbingScene.AssertReasons(EbpfReason.Works, EbpfReason.Works, await scene.ProbeAsync(scene.Settings with { ScratchParent = container }));
        Assert.False(Directory.Exists(left), "the leftovers of the place where it is made");
        Directory.Delete(container);
        await scene.AssertNothingIsLeftAsync();
    }

    [SkippableFact]
    public async Task In_the_own_namespace_the_proxy_keeps_its_port()
    {
        await using var scene = await ProbingScene.CreateAsync();
        const string proxy = "ip link set lo up; python3 -m http.server 15001 --bind 127.0.0.1 >/dev/null 2>&1 & proxy=$!; "
            + "until ss -Hltn sport = :15001 | grep -q .; do sleep 0.05; done; status=0; \"$@\" || status=$?; kill $proxy; exit $status";
        var findings = await scene.ProbeUnderAsync("unshare", "--net", "sh", "-c", proxy, "sh", "setpriv", "--bounding-set", "-sys_admin", "--");
        Assert.Equal(EbpfReason.Works, findings.Outbound.First.Reason);
        await scene.AssertNothingIsLeftAsync();
    }

    [SkippableFact]
    public async Task Cancelled_at_any_moment_it_removes_everything()
    {
        await using var scene = await ProbingScene.CreateAsync();
        for (var milliseconds = 5; milliseconds < 200; milliseconds += 15)
        {
            using var cancelled = new CancellationTokenSource(milliseconds);
            try
            {
                await EbpfProbe.RunAsync(scene.Settings, cancelled.Token);
            }
            catch (OperationCanceledException)
            {
                // Which of the two it is, is the machine's affair.
            }

            await scene.AssertNothingIsLeftAsync();
        }
    }

    [SkippableFact]
    public async Task A_child_that_dies_is_a_finding()
    {
        await using var scene = await ProbingScene.CreateAsync();
        var findings = await scene.ProbeAsync(scene.Settings with { Self = new SelfCommand("sh", ["-c", "echo cannot start >&2; exit 1"]) });
        ProbingScene.AssertReasons(EbpfReason.ProbeFailed, EbpfReason.ProbeFailed, findings);
        Assert.Contains("cannot start", findings.Outbound.First.Detail, StringComparison.Ordinal);
        await scene.AssertNothingIsLeftAsync();
    }

    [SkippableFact]
    public async Task A_child_that_hangs_costs_the_time_that_was_given_and_no_more()
    {
        await using var scene = await ProbingScene.CreateAsync();
        var hangs = new SelfCommand("sh", ["-c", "exec sleep 60"]);
        var findings = await scene.ProbeAsync(scene.Settings with { Self = hangs, Timeout = TimeSpan.FromSeconds(1) });
        Assert.Equal(EbpfReason.ProbeFailed, findings.Outbound.First.Reason);
        Assert.Contains("did not end in 1s", findings.Outbound.First.Detail, StringComparison.Ordinal);
        Assert.True(findings.Took < TimeSpan.FromSeconds(50), $"{findings.Took}");
        await scene.AssertNothingIsLeftAsync();
    }

    [SkippableFact]
    public async Task What_a_killed_probe_left_goes_with_the_next_and_what_a_running_one_has_stays()
    {
        await using var scene = await ProbingScene.CreateAsync();
        var left = Directory.CreateDirectory(Path.Combine(scene.Cgroup, "intercept-probe-1-1")).FullName;
        var running = Directory.CreateDirectory(Path.Combine(scene.Cgroup, "intercept-probe-2-1")).FullName;
        using (var held = AdvisoryLock.Open(running))
        {
            Assert.True(AdvisoryLock.TryAcquire(held));
            var sleeping = Programs.RunAsync("sh", "-c", $"echo $$ >{left}/cgroup.procs; exec sleep 30");
            await WaitForAsync(() => File.ReadAllText(Path.Combine(left, "cgroup.procs")).Length > 0);
            Assert.True((await scene.ProbeAsync()).Outbound.IsUsable);
            Assert.NotEqual(0, (await sleeping).ExitCode);
            Assert.Equal([running], Directory.GetDirectories(scene.Cgroup));
        }

        Assert.True((await scene.ProbeAsync()).Outbound.IsUsable);
        await scene.AssertNothingIsLeftAsync();
    }

    [SkippableFact]
    public async Task Killed_in_the_middle_it_leaves_no_process_and_a_cgroup_that_the_next_removes()
    {
        await using var scene = await ProbingScene.CreateAsync();
        var killed = await Programs.RunAsync(
            "sh", "-c", "\"$@\" >/dev/null & while ! ls -d \"$0\"/intercept-probe-* >/dev/null 2>&1; do :; done; kill -9 $!; wait $! 2>/dev/null; true",
            scene.Cgroup, Checkout.Init, "probe", "ebpf", scene.Cgroup, scene.Bpffs, "-");
        Assert.True(killed.ExitCode == 0, killed.Said);
        Assert.Single(Directory.GetDirectories(scene.Cgroup));
        await WaitForAsync(() => !ProbingScene.Children().Any());
        Assert.True((await scene.ProbeAsync()).Outbound.IsUsable);
        await scene.AssertNothingIsLeftAsync();
    }

    private static async Task WaitForAsync(Func<bool> condition)
    {
        for (var attempt = 0; !condition(); attempt++)
        {
            Assert.True(attempt < 500, "it does not happen");
            await Task.Delay(10);
        }
    }
}
