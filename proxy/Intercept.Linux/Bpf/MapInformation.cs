using System.Globalization;
using System.Runtime.InteropServices;

namespace Intercept.Linux.Bpf;

/// <summary>The beginning of struct bpf_map_info, which the kernel fills as far as it is asked to.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MapInformation
{
    internal const uint Array = 2;
    internal const uint Ring = 27;
    private const uint PerCpuHash = 5;
    private const uint PerCpuArray = 6;

    public uint Type;
    public uint Id;
    public uint KeySize;
    public uint ValueSize;
    public uint MaximumOfEntries;
    public uint Flags;

    public readonly bool IsPerCpu => Type is PerCpuHash or PerCpuArray;

    /// <summary>What libbpf would make of a map of an object.</summary>
    internal static MapInformation Of(nint map) => new()
    {
        Type = LibBpf.bpf_map__type(map),
        KeySize = LibBpf.bpf_map__key_size(map),
        ValueSize = LibBpf.bpf_map__value_size(map),
        MaximumOfEntries = LibBpf.bpf_map__max_entries(map),
        Flags = LibBpf.bpf_map__map_flags(map),
    };

    /// <returns>0, or the errno.</returns>
    internal static unsafe int Pinned(string path, out MapInformation information)
    {
        information = default;
        if (BpfCall.OpenPinned(path, out var descriptor) is var error && error != 0)
        {
            return error;
        }

        fixed (MapInformation* found = &information)
        {
            error = BpfCall.Inform(descriptor, found, (uint)sizeof(MapInformation));
        }

        _ = Libc.close(descriptor);
        return error;
    }

    internal readonly bool HasFormOf(MapInformation other) =>
        (Type, KeySize, ValueSize, MaximumOfEntries, Flags) == (other.Type, other.KeySize, other.ValueSize, other.MaximumOfEntries, other.Flags);

    public readonly override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"a map of type {Type} with keys of {KeySize} and values of {ValueSize} bytes, {MaximumOfEntries} entries and flags {Flags}");
}
