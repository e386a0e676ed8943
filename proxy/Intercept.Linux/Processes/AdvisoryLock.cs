using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Intercept.Linux.Processes;

/// <summary>flock(2) on any file that opens, so also on a namespace file: the kernel drops it when its holder dies.</summary>
public static partial class AdvisoryLock
{
    private const int LockExclusive = 2;
    private const int LockNonBlocking = 4;
    private const int Unlock = 8;
    private const int TryAgain = 11;
    private const int ReadOnlyCloseOnExec = 0x80000;

    /// <summary>
    /// Opens a file for reading and no more. File.OpenHandle would take a shared flock of its own, whatever the FileShare,
    /// and so fail on a file whose lock is held, which is the one that is waited for.
    /// </summary>
    public static SafeFileHandle Open(string path)
    {
        var descriptor = OpenFile(path, ReadOnlyCloseOnExec);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw new IOException($"{path}: {Errno.Describe(Marshal.GetLastPInvokeError())}");
    }

    /// <returns>False while another open file holds the lock.</returns>
    public static bool TryAcquire(SafeFileHandle file)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (FLock(file, LockExclusive | LockNonBlocking) == 0)
        {
            return true;
        }

        var error = Marshal.GetLastPInvokeError();
        return error == TryAgain ? false : throw new IOException($"flock: {Marshal.GetPInvokeErrorMessage(error)}");
    }

    /// <summary>Now, and not when the last copy of the descriptor is closed: a child has one between fork and exec.</summary>
    public static void Release(SafeFileHandle file)
    {
        ArgumentNullException.ThrowIfNull(file);
        _ = FLock(file, Unlock);
    }

    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);

    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int FLock(SafeFileHandle file, int operation);
}
