using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Intercept.Linux;

/// <summary>What kind of file system a path is on: bpffs and cgroups are directories like any other until something is written there.</summary>
public static unsafe partial class FileSystem
{
    // BPF_FS_MAGIC, CGROUP2_SUPER_MAGIC and NSFS_MAGIC of linux/magic.h.
    private const long Bpf = 0xcafe4a11;
    private const long Cgroup2 = 0x63677270;
    private const long Namespaces = 0x6e736673;

    // W_OK
    private const int Writing = 2;

    public static bool IsBpf(string path) => Kind(path) == Bpf;

    public static bool IsCgroup2(string path) => Kind(path) == Cgroup2;

    /// <summary>Whether it is a namespace's file, such as /proc/PID/ns/net or what is bound to one: a plain file once the namespace is gone.</summary>
    public static bool IsNamespace(string path) => Kind(path) == Namespaces;

    /// <returns>0 where this process may write, else the errno: ENOENT, EACCES, or EROFS where it is mounted read-only.</returns>
    public static int WriteError(string path) => access(path, Writing) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Until the directory is written out, a name that was given in it may be lost with the power.</summary>
    /// <returns>0, or the errno.</returns>
    public static int Flush(SafeFileHandle directory) => fsync(directory) == 0 ? 0 : Marshal.GetLastPInvokeError();

    // 0 for what cannot be looked at.
    private static long Kind(string path)
    {
        // struct statfs begins with f_type, a word, and has 120 bytes on the 64-bit machines that there are.
        var found = stackalloc long[32];
        return statfs(path, found) == 0 ? found[0] : 0;
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statfs(string path, long* found);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int access(string path, int mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(SafeFileHandle file);
}
