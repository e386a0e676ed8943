using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Intercept.Linux;

/// <summary>
/// O_APPEND, which .NET does not open with: every write(2) then lands at the file's end, also after another process has
/// truncated it, as logrotate's copytruncate does.
/// </summary>
public static class AppendMode
{
    // asm-generic/fcntl.h
    private const int GetFlags = 3;
    private const int SetFlags = 4;
    private const int Append = 0x400;

    /// <returns>0, or -errno.</returns>
    public static int Set(SafeFileHandle file)
    {
        var held = false;
        file.DangerousAddRef(ref held);
        try
        {
            var descriptor = (int)file.DangerousGetHandle();
            var flags = Libc.fcntl(descriptor, GetFlags, 0);
            return flags >= 0 && Libc.fcntl(descriptor, SetFlags, flags | Append) == 0 ? 0 : -Marshal.GetLastPInvokeError();
        }
        finally
        {
            file.DangerousRelease();
        }
    }
}
