using Intercept.Capture.Ebpf;
using Intercept.Capture.Ebpf.Probing;
using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Ebpf.Probing;

/// <summary>Each thing that can be missing is taken away, and is named in both directions with what to do about it.</summary>
[Collection("probing")]
public sealed class ObstacleTests
{
    [SkippableTheory]
    [InlineData("-sys_admin,-bpf", "CAP_BPF", "CAP_NET_ADMIN", "add [BPF]")]
    [InlineData("-sys_admin,-perfmon", "CAP_PERFMON", "CAP_BPF", "add [PERFMON]")]
    [InlineData("-sys_admin,-net_admin", "CAP_NET_ADMIN", "CAP_BPF", "add [NET_ADMIN]")]
    public async Task The_capability_that_is_missing_is_named_and_no_other(string dropped, string missing, string present, string todo)
    {
        await using var scene = await ProbingScene.CreateAsync();
        var findings = await scene.ProbeUnderAsync("setpriv", "--bounding-set", dropped, "--");
        var answer = AssertBoth(EbpfReason.NoCapability, findings);
        Assert.Contains(missing, answer, StringComparison.Ordinal);
        Assert.Contains(todo, answer, StringComparison.Ordinal);
        Assert.DoesNotContain(present, answer, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task SYS_ADMIN_alone_is_enough()
    {
        await using var scene = await ProbingScene.CreateAsync();
        var findings = await scene.ProbeUnderAsync("setpriv", "--bounding-set", "-bpf,-perfmon", "--");
        Assert.True(findings.Outbound.IsUsable && findings.Inbound.IsUsable, $"{findings.Outbound} / {findings.Inbound}");
        await scene.AssertNothingIsLeftAsync();
    }

    [SkippableFact]
    public async Task Capabilities_of_a_user_namespace_are_told_from_those_of_the_host()
    {
        await using var scene = await ProbingScene.CreateAsync();
        var findings = await scene.ProbeUnderAsync("unshare", "--user", "--map-root-user", "--");
        Assert.Contains("user namespace", AssertBoth(EbpfReason.NoCapability, findings), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_seccomp_filter_without_bpf_is_told_from_a_missing_capability()
    {
        await using var scene = await ProbingScene.CreateAsync();
        var findings = await scene.ProbeUnderAsync("python3", "-B", Path.Combine(Checkout.Probe, "obstacles.py"), "without-bpf");
        Assert.Contains("seccompProfile", AssertBoth(EbpfReason.BpfRefused, findings), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Without_libbpf_its_package_is_named()
    {
        await using var scene = await ProbingScene.CreateAsync();
        const string hide = "for file in /usr/lib/*/libbpf.so.1 /lib/*/libbpf.so.1 /usr/lib/libbpf.so.1; do [ ! -e $file ] || mount --bind /dev/null $file; done; exec \"$@\"";
        var findings = await scene.ProbeUnderAsync("unshare", "--mount", "sh", "-c", hide, "sh");
        Assert.Contains("libbpf1", AssertBoth(EbpfReason.NoLibbpf, findings), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_directory_that_is_no_bpffs_is_refused_with_what_to_mount()
    {
        await using var scene = await ProbingScene.CreateAsync();
        var findings = await scene.ProbeAsync(scene.Settings with { Bpffs = Path.GetTempPath() });
        var answer = AssertBoth(EbpfReason.NoBpffs, findings);
        Assert.Contains($"mount -t bpf bpf {Path.GetTempPath()}", answer, StringComparison.Ordinal);
        Assert.Contains("another file system", answer, StringComparison.Ordinal);
        answer = AssertBoth(EbpfReason.NoBpffs, await scene.ProbeAsync(scene.Settings with { Bpffs = "/nowhere/bpf" }));
        Assert.Contains("No such file or directory", answer, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_bpffs_that_is_mounted_read_only_is_no_place_for_pins()
    {
        await using var scene = await ProbingScene.CreateAsync();
        var findings = await scene.ProbeUnderAsync(
            "unshare", "--mount", "sh", "-c", $"mount --bind {scene.Bpffs} {scene.Bpffs}; mount -o remount,bind,ro {scene.Bpffs}; exec \"$@\"", "sh");
        Assert.Contains("without readOnly", AssertBoth(EbpfReason.NoBpffs, findings), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_directory_that_is_no_cgroup_of_version_2_is_refused()
    {
        await using var scene = await ProbingScene.CreateAsync();
        var findings = await scene.ProbeAsync(scene.Settings with { Cgroup = Path.GetTempPath() });
        Assert.Contains("hostPath", AssertBoth(EbpfReason.NoCgroup2, findings), StringComparison.Ordinal);
        AssertBoth(EbpfReason.NoCgroup2, await scene.ProbeAsync(scene.Settings with { Cgroup = "/nowhere" }));
    }

    [SkippableFact]
    public async Task A_cgroup_of_version_1_is_refused()
    {
        await using var scene = await ProbingScene.CreateAsync();
        var mounts = await File.ReadAllLinesAsync("/proc/self/mounts");
        var version1 = mounts.Select(line => line.Split(' ')).FirstOrDefault(fields => fields[2] == "cgroup")?[1];
        Skip.If(version1 is null, "this machine has cgroup v2 alone");
        var findings = await scene.ProbeAsync(scene.Settings with { Cgroup = version1 });
        Assert.Contains("may be cgroup v1", AssertBoth(EbpfReason.NoCgroup2, findings), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_cgroup_that_is_mounted_read_only_is_refused()
    {
        await using var scene = await ProbingScene.CreateAsync();
        var findings = await scene.ProbeUnderAsync(
            "unshare", "--mount", "sh", "-c", $"mount --bind {scene.Cgroup} {scene.Cgroup}; mount -o remount,bind,ro {scene.Cgroup}; exec \"$@\"", "sh");
        Assert.Contains("cannot be written", AssertBoth(EbpfReason.NoCgroup2, findings), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Everything_that_is_missing_is_told_at_once_the_most_basic_first()
    {
        await using var scene = await ProbingScene.CreateAsync();
        var findings = await scene.ProbeAsync(scene.Settings with
        {
            Bpffs = "/tmp",
            Cgroup = "/tmp",
            Image = CaptureImage.Of("not an object"u8.ToArray(), "a test"),
        });
        foreach (var finding in new[] { findings.Outbound, findings.Inbound })
        {
            Assert.Equal([EbpfReason.NoBpffs, EbpfReason.NoCgroup2, EbpfReason.BadObject], finding.Answers.Select(answer => answer.Reason));
        }
    }

    [SkippableFact]
    public async Task Maps_of_another_layout_in_our_place_are_named_with_their_form()
    {
        await using var scene = await ProbingScene.CreateAsync();
        await ProbingScene.ObstructAsync("pin", Path.Combine(scene.Maps, "pods"), "8", "16");
        var answer = AssertBoth(EbpfReason.OldObject, await scene.ProbeAsync());
        Assert.Contains($"{scene.Maps}/pods", answer, StringComparison.Ordinal);
        Assert.Contains("values of 16 bytes", answer, StringComparison.Ordinal);
        Assert.Contains("uninstall", answer, StringComparison.Ordinal);
        await scene.AssertNothingIsLeftAsync();
    }

    [SkippableFact]
    public async Task Maps_of_our_own_layout_are_in_nobodys_way()
    {
        await using var scene = await ProbingScene.CreateAsync();
        using (var installed = CaptureObject.Open())
        {
            installed.PinMaps(scene.Maps);
            installed.Load();
        }

        Assert.True((await scene.ProbeAsync()).Outbound.IsUsable);
        await scene.AssertNothingIsLeftAsync();
    }

    [SkippableFact]
    public async Task Of_a_direction_whose_program_the_verifier_refuses_its_last_words_are_told_and_the_other_works()
    {
        await using var scene = await ProbingScene.CreateAsync();
        var image = await CaptureSources.CompileAsync("inbound.h", "__u64 netns = inbound_netns;", "__u64 netns = bpf_get_netns_cookie(ctx);");
        var findings = await scene.ProbeAsync(scene.Settings with { Image = CaptureImage.Of(image, "a test") });
        ProbingScene.AssertReasons(EbpfReason.Works, EbpfReason.VerifierRejection, findings);
        Assert.Contains("bpf_get_netns_cookie", findings.Inbound.First.Detail, StringComparison.Ordinal);
        await scene.AssertNothingIsLeftAsync();

        image = await CaptureSources.CompileAsync("outbound.h", "to.port = ctx->user_port;", "to.port = *(__u16 *)((char *)ctx + 512);");
        findings = await scene.ProbeAsync(scene.Settings with { Image = CaptureImage.Of(image, "a test") });
        ProbingScene.AssertReasons(EbpfReason.VerifierRejection, EbpfReason.Works, findings);
        Assert.Contains("off=512", findings.Outbound.First.Detail, StringComparison.Ordinal);
        await scene.AssertNothingIsLeftAsync();
    }

    [SkippableFact]
    public async Task Programs_that_load_and_do_not_capture_are_found_out_by_the_connections()
    {
        await using var scene = await ProbingScene.CreateAsync();
        var image = await CaptureSources.CompileAsync("handover.h", "offered->side == SIDE_CLIENT ? SIDE_SERVER", "offered->side == SIDE_CLIENT ? SIDE_CLIENT");
        var findings = await scene.ProbeAsync(scene.Settings with { Image = CaptureImage.Of(image, "a test") });
        ProbingScene.AssertReasons(EbpfReason.NotCaptured, EbpfReason.Works, findings);
        Assert.Contains("seen as one to", findings.Outbound.First.Detail, StringComparison.Ordinal);
        await scene.AssertNothingIsLeftAsync();
    }

    private static string AssertBoth(EbpfReason reason, EbpfFindings findings)
    {
        foreach (var finding in new[] { findings.Outbound, findings.Inbound })
        {
            Assert.False(finding.IsUsable);
            Assert.Equal([reason], finding.Answers.Select(answer => answer.Reason));
        }

        Assert.Equal(findings.Outbound.First, findings.Inbound.First);
        return findings.Outbound.First.Detail;
    }
}
