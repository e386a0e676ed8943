using Intercept.Capture.Verification;

namespace Intercept.Capture.Ebpf.Probing;

/// <summary>What is probed, and with what.</summary>
internal sealed record EbpfProbeSettings
{
    /// <summary>How to start this program again.</summary>
    public required SelfCommand Self { get; init; }

    /// <summary>The directory of the cgroup that the programs are to be attached to.</summary>
    public required string Cgroup { get; init; }

    /// <summary>
    /// Where the scratch cgroup is made: <see cref="Cgroup"/> or below it. In a container whose view of the cgroups is its own the
    /// kernel moves no process out of that view, and this has to be the container's own cgroup.
    /// </summary>
    public string? ScratchParent { get; init; }

    /// <summary>Where the programs are to be pinned.</summary>
    public string Bpffs { get; init; } = "/sys/fs/bpf";

    public CaptureImage Image { get; init; } = CaptureImage.BuiltIn;

    /// <summary>The PATH to find tools on; null for the usual directories.</summary>
    public string? SearchPath { get; init; }

    /// <summary>For the whole of it. On a machine with little else to do it takes a tenth of a second.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);
}
