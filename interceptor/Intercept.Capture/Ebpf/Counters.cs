using System.Runtime.CompilerServices;

namespace Intercept.Capture.Ebpf;

/// <summary>struct counters of bpf/types.h: what one processor counted, by <see cref="CaptureReason"/>.</summary>
[InlineArray(Reasons)]
internal struct Counters
{
    public const int Reasons = 48;

    private ulong _byReason;
}
