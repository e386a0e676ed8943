using System.Runtime.InteropServices;

namespace Intercept.Linux.Bpf;

/// <summary>The beginning of struct bpf_map_info, which the kernel fills as far as it is asked to.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MapInformation
{
    internal const uint Array = 2;
    private const uint PerCpuHash = 5;
    private const uint PerCpuArray = 6;

    public uint Type;
    public uint Id;
    public uint KeySize;
    public uint ValueSize;
    public uint MaximumOfEntries;
    public uint Flags;

    public readonly bool IsPerCpu => Type is PerCpuHash or PerCpuArray;
}
