using Intercept.Capture.Ebpf.Probing;

namespace Intercept.Tests.Netns.Ebpf.Probing;

/// <summary>Programs of somebody else's, attached to the cgroup that is probed or to the one above it.</summary>
[Collection("probing")]
public sealed class ForeignProgramTests
{
    private const int Override = 1;
    private const int Multi = 2;

    [SkippableTheory]
    [InlineData(true, 0)]
    [InlineData(false, 0)]
    [InlineData(false, Override)]
    public async Task A_program_that_allows_no_other_is_named_with_its_cgroup(bool above, int flags)
    {
        await using var scene = await ProbingScene.CreateAsync();
        var where = above ? scene.Above : scene.Cgroup;
        await scene.AttachAsync(where, "connect4", flags);
        var findings = await scene.ProbeAsync();
        var answer = Assert.Single(findings.Outbound.Answers);
        Assert.Equal(EbpfReason.ForeignProgram, answer.Reason);
        Assert.Contains("(foreigner)", answer.Detail, StringComparison.Ordinal);
        Assert.Contains($"attached to {where} ", answer.Detail, StringComparison.Ordinal);
        Assert.Contains("BPF_F_ALLOW_MULTI", answer.Detail, StringComparison.Ordinal);
        Assert.Contains("connect4", answer.Detail, StringComparison.Ordinal);
        Assert.Equal(EbpfReason.Works, findings.Inbound.First.Reason);
        await scene.AssertNothingIsLeftAsync();
    }

    [SkippableTheory]
    [InlineData(true, Override)]
    [InlineData(true, Multi)]
    [InlineData(false, Multi)]
    public async Task A_program_that_allows_others_is_in_nobodys_way(bool above, int flags)
    {
        await using var scene = await ProbingScene.CreateAsync();
        await scene.AttachAsync(above ? scene.Above : scene.Cgroup, "connect4", flags);
        var findings = await scene.ProbeAsync();
        ProbingScene.AssertReasons(EbpfReason.Works, EbpfReason.Works, findings);
        await scene.AssertNothingIsLeftAsync();
    }

    [SkippableFact]
    public async Task A_program_where_the_listener_is_registered_is_in_the_way_of_both_directions()
    {
        await using var scene = await ProbingScene.CreateAsync();
        await scene.AttachAsync(scene.Above, "sockops", 0);
        var findings = await scene.ProbeAsync();
        ProbingScene.AssertReasons(EbpfReason.ForeignProgram, EbpfReason.ForeignProgram, findings);
        Assert.Contains("hand_over", findings.Inbound.First.Detail, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Without_SYS_ADMIN_the_program_is_known_by_its_number_alone()
    {
        await using var scene = await ProbingScene.CreateAsync();
        await scene.AttachAsync(scene.Above, "connect4", 0);
        var findings = await scene.ProbeUnderAsync("setpriv", "--bounding-set", "-sys_admin", "--");
        ProbingScene.AssertReasons(EbpfReason.ForeignProgram, EbpfReason.Attaches, findings);
        Assert.Contains("its name is not shown to this process", findings.Outbound.First.Detail, StringComparison.Ordinal);
        await scene.AssertNothingIsLeftAsync();
    }

    [SkippableFact]
    public async Task Above_what_this_process_can_see_attaching_shows_it()
    {
        await using var scene = await ProbingScene.CreateAsync();
        await scene.AttachAsync(scene.Above, "getpeername6", 0);
        var elsewhere = Directory.CreateTempSubdirectory("icept-seen-");
        try
        {
            var findings = await scene.ProbeUnderAsync(
                "unshare", "--mount", "sh", "-c", $"mount --bind {scene.Cgroup} {elsewhere.FullName}; shift; program=$1; shift 3; exec \"$program\" probe ebpf {elsewhere.FullName} {scene.Bpffs} -", "sh", "-");
            ProbingScene.AssertReasons(EbpfReason.ForeignProgram, EbpfReason.Works, findings);
            Assert.Contains("cannot attach getpeername6", findings.Outbound.First.Detail, StringComparison.Ordinal);
            Assert.Contains("where this process cannot look", findings.Outbound.First.Detail, StringComparison.Ordinal);
        }
        finally
        {
            elsewhere.Delete();
        }

        await scene.AssertNothingIsLeftAsync();
    }
}
