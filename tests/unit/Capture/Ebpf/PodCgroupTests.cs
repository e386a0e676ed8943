using Intercept.Capture.Ebpf.Places;

namespace Intercept.Tests.Unit.Capture.Ebpf;

public sealed class PodCgroupTests
{
    [Theory]
    [InlineData("kubepods-burstable-pod0f3c2a1b_1234_5678_9abc_0123456789ab.slice")]
    [InlineData("kubepods-pod0f3c2a1b_1234_5678_9abc_0123456789ab.slice")]
    [InlineData("pod0f3c2a1b-1234-5678-9abc-0123456789ab")]
    [InlineData("machine-libpod_pod_41aa0c.slice")]
    [InlineData("libpod_parent/1d9e185aac0211a0e796bdb627884135b8cd8e291ee03846edff806d158078e1")]
    public void A_pods_own_cgroup_is_known_by_its_name(string name) => Assert.True(Cgroup.IsPod($"/sys/fs/cgroup/{name}"));

    [Theory]
    [InlineData("kubepods.slice")]
    [InlineData("kubepods-burstable.slice")]
    [InlineData("session-1.scope")]
    [InlineData("user.slice")]
    [InlineData("podman.service")]
    [InlineData("pod0f3c2a1b")]
    [InlineData("libpod_parent")]
    [InlineData("libpod_parent/conmon")]
    [InlineData("1d9e185aac0211a0e796bdb627884135b8cd8e291ee03846edff806d158078e1")]
    [InlineData("cri-containerd-0f3c2a1b.scope")]
    public void What_holds_more_or_less_than_a_pod_is_not_taken_for_one(string name) => Assert.False(Cgroup.IsPod($"/sys/fs/cgroup/{name}"));
}
