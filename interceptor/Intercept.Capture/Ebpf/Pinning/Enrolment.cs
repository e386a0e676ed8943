using Intercept.Capture.Ebpf.Places;

namespace Intercept.Capture.Ebpf.Pinning;

/// <summary>Everything that makes one pod captured.</summary>
/// <param name="Cgroups">The pod's, and the proxy's where that is known: some programs only its sockets need.</param>
/// <param name="Inbound">Whether connections to the pod are captured by the program of its network namespace.</param>
internal sealed record Enrolment(NetworkNamespace Pod, IReadOnlyList<CgroupShare> Cgroups, EbpfPlan Plan, CaptureImage Image, bool Inbound)
{
    public IReadOnlyList<string> PodPrograms => Inbound ? [CaptureObject.InboundProgram] : [];

    public IReadOnlyList<ulong> CgroupInodes => [.. Cgroups.Select(share => share.Cgroup.Inode)];
}
