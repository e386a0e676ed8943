using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Intercept.Linux.Bpf;

/// <summary>bpf(2): the commands of linux/bpf.h, each with its part of union bpf_attr. The kernel wants the rest zero.</summary>
internal static unsafe partial class BpfCall
{
    private const int CreateMap = 0;
    internal const int LookUp = 1;
    internal const int Update = 2;
    internal const int Delete = 3;
    internal const int NextKey = 4;
    private const int Pin = 6;
    private const int Open = 7;
    private const int OpenProgram = 13;
    private const int Information = 15;
    private const int Query = 16;
    private const int CreateLink = 28;
    private const int UpdateLink = 29;

    private static readonly nint _number = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 321,
        Architecture.Arm64 => 280,
        var other => throw new PlatformNotSupportedException($"bpf(2) on {other}"),
    };

    /// <returns>0 and a descriptor, or the errno.</returns>
    internal static int Create(uint type, uint keySize, uint valueSize, uint entries, string name, out int descriptor)
    {
        Attributes attributes = default;
        attributes.Put(0, type);
        attributes.Put(4, keySize);
        attributes.Put(8, valueSize);
        attributes.Put(12, entries);
        attributes.PutName(28, name);
        return Invoke(CreateMap, ref attributes, out descriptor);
    }

    /// <returns>0, or the errno.</returns>
    internal static int Element(int command, int map, void* key, void* value, ulong flags = 0)
    {
        Attributes attributes = default;
        attributes.Put(0, map);
        attributes.Put(8, (ulong)key);
        attributes.Put(16, (ulong)value);
        attributes.Put(24, flags);
        return Invoke(command, ref attributes, out _);
    }

    /// <returns>0, or the errno.</returns>
    internal static int PinAt(int descriptor, string path)
    {
        Attributes attributes = default;
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            attributes.Put(0, (ulong)name);
            attributes.Put(8, descriptor);
            return Invoke(Pin, ref attributes, out _);
        }
    }

    /// <returns>0 and a descriptor, or the errno.</returns>
    internal static int OpenPinned(string path, out int descriptor)
    {
        Attributes attributes = default;
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            attributes.Put(0, (ulong)name);
            return Invoke(Open, ref attributes, out descriptor);
        }
    }

    /// <returns>0, or the errno.</returns>
    internal static int Inform(int descriptor, void* information, uint size)
    {
        Attributes attributes = default;
        attributes.Put(0, descriptor);
        attributes.Put(4, size);
        attributes.Put(8, (ulong)information);
        return Invoke(Information, ref attributes, out _);
    }

    /// <returns>0 and a descriptor, or the errno: EPERM without CAP_SYS_ADMIN.</returns>
    internal static int OpenProgramByNumber(uint number, out int descriptor)
    {
        Attributes attributes = default;
        attributes.Put(0, number);
        return Invoke(OpenProgram, ref attributes, out descriptor);
    }

    /// <summary>The programs that are attached to this very cgroup, not to those above it.</summary>
    /// <returns>0, or the errno: EPERM without CAP_NET_ADMIN.</returns>
    internal static int Attached(int cgroup, int attachType, Span<uint> programs, out int count, out uint flags)
    {
        Attributes attributes = default;
        attributes.Put(0, cgroup);
        attributes.Put(4, attachType);
        attributes.Put(24, programs.Length);
        fixed (uint* numbers = programs)
        {
            attributes.Put(16, (ulong)numbers);
            var error = Invoke(Query, ref attributes, out _);
            flags = attributes.Get<uint>(12);
            count = attributes.Get<int>(24);
            return error;
        }
    }

    /// <returns>0 and a descriptor, or the errno.</returns>
    internal static int Link(int program, int target, int attachType, out int descriptor)
    {
        Attributes attributes = default;
        attributes.Put(0, program);
        attributes.Put(4, target);
        attributes.Put(8, attachType);
        return Invoke(CreateLink, ref attributes, out descriptor);
    }

    /// <returns>0, or the errno.</returns>
    internal static int Replace(int link, int program)
    {
        Attributes attributes = default;
        attributes.Put(0, link);
        attributes.Put(4, program);
        return Invoke(UpdateLink, ref attributes, out _);
    }

    private static int Invoke(int command, ref Attributes attributes, out int result)
    {
        fixed (Attributes* pointer = &attributes)
        {
            result = (int)syscall(_number, command, pointer, (nint)sizeof(Attributes));
        }

        return result < 0 ? Marshal.GetLastPInvokeError() : 0;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint command, Attributes* attributes, nint size);

    [InlineArray(128)]
    private struct Attributes
    {
        private byte _first;

        public void Put<T>(int offset, T value)
            where T : unmanaged
        {
            Span<byte> bytes = this;
            MemoryMarshal.Write(bytes[offset..], value);
        }

        // Of 16 bytes the last stays zero.
        public void PutName(int offset, string name)
        {
            Span<byte> bytes = this;
            Encoding.ASCII.GetBytes(name.AsSpan(0, Math.Min(name.Length, 15)), bytes[offset..]);
        }

        public readonly T Get<T>(int offset)
            where T : unmanaged
        {
            ReadOnlySpan<byte> bytes = this;
            return MemoryMarshal.Read<T>(bytes[offset..]);
        }
    }
}
