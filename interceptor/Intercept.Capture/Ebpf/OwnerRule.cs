using System.Globalization;
using System.Runtime.InteropServices;

namespace Intercept.Capture.Ebpf;

/// <summary>struct owner_rule of bpf/types.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct OwnerRule
{
    public uint Pod;
    public uint Rule;
    public uint Owner;

    public static OwnerRule Of(uint pod, RuleKind kind, uint owner) => new() { Pod = pod, Rule = (uint)kind, Owner = owner };

    public override readonly string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(RuleKind)Rule} {Owner}");
}
