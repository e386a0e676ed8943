using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Intercept.Linux.Bpf;

/// <summary>
/// A compiled object: opened, adjusted, loaded once, then its programs attached. Closing it detaches nothing; the links and
/// maps that were taken from it are their holders'.
/// </summary>
public sealed unsafe class BpfObject : IDisposable
{
    private const nuint LogSize = 1 << 20;
    private const int DuplicateCloseOnExec = 1030;

    private readonly string _name;
    private readonly byte* _log;
    private nint _object;

    private BpfObject(string name, nint bpfObject, byte* log)
    {
        _name = name;
        _object = bpfObject;
        _log = log;
    }

    public static BpfObject Open(ReadOnlySpan<byte> image, string name)
    {
        if (BpfSupport.LibraryFailure() is { } missing)
        {
            throw new BpfException(missing);
        }

        var log = (byte*)NativeMemory.AllocZeroed(LogSize);
        fixed (byte* bytes = image, title = Encoding.UTF8.GetBytes(name + '\0'))
        {
            var options = new LibBpf.OpenOptions { Size = (nuint)sizeof(LibBpf.OpenOptions), Name = title, Log = log, LogSize = LogSize };
            var opened = LibBpf.bpf_object__open_mem(bytes, (nuint)image.Length, &options);
            if (opened == 0)
            {
                var error = Marshal.GetLastPInvokeError();
                NativeMemory.Free(log);
                throw BpfException.From($"cannot read the eBPF object {name}", error);
            }

            return new BpfObject(name, opened, log);
        }
    }

    /// <summary>The others are not loaded.</summary>
    public void KeepPrograms(params ReadOnlySpan<string> names)
    {
        for (var program = Next(0); program != 0; program = Next(program))
        {
            var name = Marshal.PtrToStringUTF8(LibBpf.bpf_program__name(program))!;
            Must(LibBpf.bpf_program__set_autoload(program, (byte)(names.Contains(name) ? 1 : 0)), $"program {name}");
        }
    }

    /// <param name="section">".rodata.settings": not .rodata itself, where clang puts constants of its own making.</param>
    /// <param name="value">The whole section.</param>
    public void SetConstants<T>(string section, T value)
        where T : unmanaged =>
        Must(
            LibBpf.bpf_map__set_initial_value(MapNamed(section), &value, (nuint)sizeof(T)),
            string.Create(CultureInfo.InvariantCulture, $"{section}, {sizeof(T)} bytes"));

    /// <summary>Works on a map that is there already, and makes none of its own.</summary>
    public void Share<TKey, TValue>(string map, BpfMap<TKey, TValue> with)
        where TKey : unmanaged
        where TValue : unmanaged
    {
        ArgumentNullException.ThrowIfNull(with);
        Must(LibBpf.bpf_map__reuse_fd(MapNamed(map), with.Descriptor), $"map {map}");
    }

    /// <summary>
    /// When it is loaded, a map that is pinned here is used, and one that is not is made and pinned. A pinned map of another form
    /// makes the load fail. What constants are kept in stays this object's own.
    /// </summary>
    /// <param name="directory">On bpffs.</param>
    public void PinMaps(string directory)
    {
        for (var map = LibBpf.bpf_object__next_map(Handle, 0); map != 0; map = LibBpf.bpf_object__next_map(Handle, map))
        {
            if (LibBpf.bpf_map__is_internal(map) == 0)
            {
                var name = Marshal.PtrToStringUTF8(LibBpf.bpf_map__name(map))!;
                Must(LibBpf.bpf_map__set_pin_path(map, Path.Combine(directory, name)), $"map {name}");
            }
        }
    }

    public void Load()
    {
        if (LibBpf.bpf_object__load(Handle) is var result && result != 0)
        {
            throw BpfException.From($"the kernel does not take the eBPF object {_name}", -result, EndOfLog());
        }
    }

    public BpfMap<TKey, TValue> Map<TKey, TValue>(string name)
        where TKey : unmanaged
        where TValue : unmanaged =>
        new(Duplicate(LibBpf.bpf_map__fd(MapNamed(name)), $"map {name}"), name);

    public BpfRing<TRecord> Ring<TRecord>(string name)
        where TRecord : unmanaged => new(Duplicate(LibBpf.bpf_map__fd(MapNamed(name)), $"map {name}"), name);

    /// <param name="place">A cgroup's directory, or a network namespace's file for sk_lookup.</param>
    public BpfLink Attach(string program, SafeFileHandle place)
    {
        ArgumentNullException.ThrowIfNull(place);
        var type = LibBpf.bpf_program__expected_attach_type(ProgramNamed(program));
        var error = BpfCall.Link(ProgramDescriptor(program), (int)place.DangerousGetHandle(), type, out var descriptor);
        return error == 0 ? new BpfLink(descriptor) : throw BpfException.From($"cannot attach {program}", error);
    }

    /// <returns>What <see cref="BpfLinkPlace.Program"/> is where it runs.</returns>
    public uint ProgramNumber(string name)
    {
        // The beginning of struct bpf_prog_info: type, id.
        var information = stackalloc uint[2];
        return BpfCall.Inform(ProgramDescriptor(name), information, 2 * sizeof(uint)) is var error && error == 0
            ? information[1]
            : throw BpfException.From($"program {name}", error);
    }

    /// <summary>The programs that stand at this very cgroup, where the named one of ours would.</summary>
    public BpfAttachment Attached(string program, SafeFileHandle cgroup)
    {
        ArgumentNullException.ThrowIfNull(cgroup);
        var type = LibBpf.bpf_program__expected_attach_type(ProgramNamed(program));
        Span<uint> numbers = stackalloc uint[BpfAttachment.Most];
        numbers.Clear();
        var error = BpfCall.Attached((int)cgroup.DangerousGetHandle(), type, numbers, out var count, out var flags);
        return error == 0
            ? new BpfAttachment(flags, [.. numbers[..Math.Min(count, numbers.Length)]])
            : throw BpfException.From($"cannot ask which programs are attached where {program} would be", error);
    }

    /// <summary>Maps of this object's that are pinned already, and are not what this object would make.</summary>
    /// <returns>A sentence for each.</returns>
    public IReadOnlyList<string> PinnedDifferences(string directory)
    {
        var differences = new List<string>();
        for (var map = LibBpf.bpf_object__next_map(Handle, 0); map != 0; map = LibBpf.bpf_object__next_map(Handle, map))
        {
            var path = Path.Combine(directory, Marshal.PtrToStringUTF8(LibBpf.bpf_map__name(map))!);
            if (LibBpf.bpf_map__is_internal(map) == 0 && MapInformation.Pinned(path, out var pinned) is var error && error != Errno.NoEntry)
            {
                var wanted = MapInformation.Of(map);
                if (error != 0)
                {
                    differences.Add($"{path} is no map that can be opened: {Errno.Describe(error)}");
                }
                else if (!wanted.HasFormOf(pinned))
                {
                    differences.Add($"{path} is {pinned}, where this object makes {wanted}");
                }
            }
        }

        return differences;
    }

    public void Dispose()
    {
        if (_object != 0)
        {
            LibBpf.bpf_object__close(_object);
            NativeMemory.Free(_log);
            _object = 0;
        }
    }

    internal int ProgramDescriptor(string name)
    {
        var descriptor = LibBpf.bpf_program__fd(ProgramNamed(name));
        return descriptor >= 0 ? descriptor : throw BpfException.From($"program {name} is not loaded", -descriptor);
    }

    private static int Duplicate(int descriptor, string what)
    {
        var copy = descriptor < 0 ? descriptor : Libc.fcntl(descriptor, DuplicateCloseOnExec, 0);
        return copy >= 0 ? copy : throw BpfException.From(what, descriptor < 0 ? -descriptor : Marshal.GetLastPInvokeError());
    }

    private static void Must(int result, string what)
    {
        if (result != 0)
        {
            throw BpfException.From(what, -result);
        }
    }

    private nint Handle
    {
        get
        {
            ObjectDisposedException.ThrowIf(_object == 0, this);
            return _object;
        }
    }

    private nint Next(nint program) => LibBpf.bpf_object__next_program(Handle, program);

    private nint MapNamed(string name) =>
        LibBpf.bpf_object__find_map_by_name(Handle, name) is var map && map != 0
            ? map
            : throw new BpfException($"{_name} has no map {name}", Errno.NoEntry);

    private nint ProgramNamed(string name) =>
        LibBpf.bpf_object__find_program_by_name(Handle, name) is var program && program != 0
            ? program
            : throw new BpfException($"{_name} has no program {name}", Errno.NoEntry);

    // The verifier walks through the program; what it refuses stands at the end.
    private string EndOfLog()
    {
        const int Lines = 20;
        var log = Marshal.PtrToStringUTF8((nint)_log)!.TrimEnd().Split('\n');
        return string.Join('\n', log.TakeLast(Lines));
    }
}
