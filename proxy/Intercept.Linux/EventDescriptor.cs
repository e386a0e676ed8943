using System.Runtime.InteropServices;

namespace Intercept.Linux;

/// <summary>eventfd(2): how another thread wakes an event loop.</summary>
public static unsafe class EventDescriptor
{
    private const int NonBlockingCloseOnExec = 0x800 | 0x80000;

    /// <returns>The descriptor, or -errno.</returns>
    public static int Create()
    {
        var descriptor = Libc.eventfd(0, NonBlockingCloseOnExec);
        return descriptor >= 0 ? descriptor : -Marshal.GetLastPInvokeError();
    }

    // Fails only with EAGAIN at a count of 2^64-2, where the reader is awake anyway.
    public static void Signal(int descriptor)
    {
        ulong one = 1;
        while (Libc.write(descriptor, &one, sizeof(ulong)) < 0 && Marshal.GetLastPInvokeError() == Errno.Interrupted)
        {
        }
    }

    public static void Clear(int descriptor)
    {
        ulong count;
        while (Libc.read(descriptor, &count, sizeof(ulong)) < 0 && Marshal.GetLastPInvokeError() == Errno.Interrupted)
        {
        }
    }
}
