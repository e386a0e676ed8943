using System.Collections.Immutable;

namespace Intercept.Linux.Bpf;

/// <summary>What is attached to one cgroup, at one hook.</summary>
/// <param name="Programs">The numbers that the kernel gave them.</param>
public readonly record struct BpfAttachment(uint Flags, ImmutableArray<uint> Programs)
{
    /// <summary>BPF_CGROUP_MAX_PROGS.</summary>
    internal const int Most = 64;

    private const uint AllowOverride = 1;
    private const uint AllowMulti = 2;

    /// <summary>Programs of others may stand beside these, and below.</summary>
    public bool AllowsOthers => (Flags & AllowMulti) != 0;

    /// <summary>Programs below take the place of this one.</summary>
    public bool AllowsOverride => (Flags & AllowOverride) != 0;
}
