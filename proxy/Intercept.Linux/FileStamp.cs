using System.Runtime.InteropServices;
using System.Text;

namespace Intercept.Linux;

/// <summary>
/// What changes when a file is written or another takes its place, through symbolic links: Kubernetes swaps the link
/// `..data` and touches no file. Equal stamps mean that nothing happened.
/// </summary>
public readonly record struct FileStamp(ulong Inode, ulong Size, long ModifiedSeconds, uint ModifiedNanoseconds)
{
    private const int CurrentDirectory = -100;

    // STATX_MTIME | STATX_INO | STATX_SIZE of linux/stat.h.
    private const uint Wanted = 0x40 | 0x100 | 0x200;

    // PATH_MAX of linux/limits.h: the kernel opens nothing longer.
    private const int LongestPath = 4096;

    /// <returns>The default value while the file cannot be looked at.</returns>
    public static unsafe FileStamp Of(string path)
    {
        if (path.Length >= LongestPath)
        {
            return default;
        }

        Span<byte> name = stackalloc byte[Encoding.UTF8.GetMaxByteCount(path.Length) + 1];
        name[Encoding.UTF8.GetBytes(path, name)] = 0;
        StatX found;
        fixed (byte* start = name)
        {
            return Libc.statx(CurrentDirectory, start, 0, Wanted, &found) == 0
                ? new FileStamp(found.Inode, found.Size, found.ModifiedSeconds, found.ModifiedNanoseconds)
                : default;
        }
    }

    // struct statx, the same on every architecture.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal struct StatX
    {
        [FieldOffset(20)]
        internal uint User;

        [FieldOffset(24)]
        internal uint Group;

        [FieldOffset(32)]
        internal ulong Inode;

        [FieldOffset(40)]
        internal ulong Size;

        [FieldOffset(112)]
        internal long ModifiedSeconds;

        [FieldOffset(120)]
        internal uint ModifiedNanoseconds;
    }
}
