using System.Runtime.InteropServices;

namespace Intercept.Linux.Bpf;

/// <summary>libbpf as it is. It is opened by the first call, so that a program without eBPF does not need it.</summary>
internal static unsafe partial class LibBpf
{
    private const string Library = "libbpf.so.1";

    [LibraryImport(Library)]
    internal static partial nint libbpf_set_print(nint print);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint bpf_object__open_mem(void* image, nuint size, OpenOptions* options);

    [LibraryImport(Library)]
    internal static partial int bpf_object__load(nint bpfObject);

    [LibraryImport(Library)]
    internal static partial void bpf_object__close(nint bpfObject);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint bpf_object__find_map_by_name(nint bpfObject, string name);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint bpf_object__find_program_by_name(nint bpfObject, string name);

    [LibraryImport(Library)]
    internal static partial nint bpf_object__next_program(nint bpfObject, nint previous);

    [LibraryImport(Library)]
    internal static partial nint bpf_program__name(nint program);

    [LibraryImport(Library)]
    internal static partial int bpf_program__set_autoload(nint program, byte load);

    [LibraryImport(Library)]
    internal static partial int bpf_program__fd(nint program);

    [LibraryImport(Library)]
    internal static partial int bpf_program__expected_attach_type(nint program);

    [LibraryImport(Library)]
    internal static partial nint bpf_object__next_map(nint bpfObject, nint previous);

    [LibraryImport(Library)]
    internal static partial nint bpf_map__name(nint map);

    [LibraryImport(Library)]
    internal static partial byte bpf_map__is_internal(nint map);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int bpf_map__set_pin_path(nint map, string path);

    [LibraryImport(Library)]
    internal static partial int bpf_map__fd(nint map);

    [LibraryImport(Library)]
    internal static partial int bpf_map__reuse_fd(nint map, int descriptor);

    [LibraryImport(Library)]
    internal static partial int bpf_map__set_initial_value(nint map, void* value, nuint size);

    [LibraryImport(Library)]
    internal static partial uint bpf_map__type(nint map);

    [LibraryImport(Library)]
    internal static partial uint bpf_map__key_size(nint map);

    [LibraryImport(Library)]
    internal static partial uint bpf_map__value_size(nint map);

    [LibraryImport(Library)]
    internal static partial uint bpf_map__max_entries(nint map);

    [LibraryImport(Library)]
    internal static partial uint bpf_map__map_flags(nint map);

    /// <summary>struct bpf_object_open_opts of libbpf 1.0; later versions only add members, and go by the size.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct OpenOptions
    {
        public nuint Size;
        public byte* Name;
        public byte RelaxedMaps;
        public byte* PinRoot;
        public uint Unused;
        public byte* KernelConfiguration;
        public byte* TypesPath;
        public byte* Log;
        public nuint LogSize;
        public uint LogLevel;
        public uint Tail;
    }
}
