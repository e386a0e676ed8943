using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Intercept.Linux.Processes;

/// <summary>flock(2) on any file that opens, so also on a namespace file: the kernel drops it when its holder dies.</summary>
public static partial class AdvisoryLock
{
    private const int LockExclusive = 2;
    private const int LockNonBlocking = 4;
    private const int TryAgain = 11;

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

    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int FLock(SafeFileHandle file, int operation);
}
