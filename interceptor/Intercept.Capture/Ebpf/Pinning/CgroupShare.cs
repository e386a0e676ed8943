using Intercept.Capture.Ebpf.Places;

namespace Intercept.Capture.Ebpf.Pinning;

/// <summary>Which programs the sockets of one cgroup pass, in the order in which they take their places. Others that are there stay.</summary>
internal sealed record CgroupShare(Cgroup Cgroup, IReadOnlyList<string> Programs);
