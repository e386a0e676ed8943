namespace Intercept.Capture.Ebpf.Probing;

/// <summary>Why a direction can or cannot be captured by eBPF here, in one word: for JSON and metrics. The most basic first.</summary>
public enum EbpfReason
{
    /// <summary>A real connection was captured.</summary>
    Works,

    /// <summary>The kernel took the programs and attached them; nothing here allowed a connection to show it.</summary>
    Attaches,

    /// <summary>libbpf.so.1 does not open.</summary>
    NoLibbpf,

    NoCapability,

    /// <summary>bpf(2) itself is refused: seccomp, or a kernel without it.</summary>
    BpfRefused,

    NoBpffs,

    NoCgroup2,

    /// <summary>The kernel does not number its network namespaces: before 5.14.</summary>
    NoNetnsCookie,

    /// <summary>A program of somebody else's stands in the way of ours.</summary>
    ForeignProgram,

    /// <summary>Maps of another layout are pinned in our place.</summary>
    OldObject,

    /// <summary>It is no eBPF object, or not one of Intercept's.</summary>
    BadObject,

    VerifierRejection,

    /// <summary>Everything is in its place, and the connection was not captured.</summary>
    NotCaptured,

    /// <summary>The probe itself could not be carried out.</summary>
    ProbeFailed,
}
