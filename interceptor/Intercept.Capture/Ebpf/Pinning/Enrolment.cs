using Intercept.Capture.Ebpf.Places;

namespace Intercept.Capture.Ebpf.Pinning;

/// <summary>Everything that makes one pod captured.</summary>
/// <param name="Cgroup">Null where connections that the pod makes are not captured by programs.</param>
/// <param name="CgroupPrograms">To be there, in this order; others stay.</param>
/// <param name="Inbound">Whether connections to the pod are captured by the program of its network namespace.</param>
internal sealed record Enrolment(
    NetworkNamespace Pod, Cgroup? Cgroup, EbpfPlan Plan, CaptureImage Image, IReadOnlyList<string> CgroupPrograms, bool Inbound)
{
    public IReadOnlyList<string> PodPrograms => Inbound ? [CaptureObject.InboundProgram] : [];
}
