using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Intercept.Linux.Processes;

/// <summary>A descriptor of another process, as one of ours for the same open file: pidfd_getfd(2), which asks for the right to trace it.</summary>
public static partial class ForeignDescriptor
{
    // The same numbers on every machine, as all calls since 5.0.
    private const int PidFdOpen = 434;
    private const int PidFdGetFd = 438;

    /// <returns>Null where the process or the descriptor is gone, or is not ours to look at.</returns>
    public static SafeFileHandle? Duplicate(int process, int descriptor)
    {
        var id = (int)syscall(PidFdOpen, process, 0, 0);
        if (id < 0)
        {
            return null;
        }

        using var handle = new SafeFileHandle(id, ownsHandle: true);
        var copy = (int)syscall(PidFdGetFd, id, descriptor, 0);
        return copy < 0 ? null : new SafeFileHandle(copy, ownsHandle: true);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint first, nint second, nint third);
}
