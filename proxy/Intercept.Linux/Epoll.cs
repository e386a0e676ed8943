using System.Runtime.InteropServices;

namespace Intercept.Linux;

/// <summary>epoll(7). A closed descriptor leaves by itself, because Intercept never duplicates one.</summary>
public static unsafe class Epoll
{
    public const uint In = 0x1;
    public const uint Out = 0x4;
    public const uint Error = 0x8;
    public const uint HangUp = 0x10;
    public const uint ReadHangUp = 0x2000;
    public const uint EdgeTriggered = 1u << 31;

    private const int CloseOnExec = 0x80000;
    private const int ControlAdd = 1;
    private const int ControlModify = 3;

    /// <returns>The descriptor, or -errno.</returns>
    public static int Create() => Result(Libc.epoll_create1(CloseOnExec));

    /// <returns>0, or -errno.</returns>
    public static int Add(int epoll, int descriptor, uint interest, ulong token) =>
        Control(epoll, ControlAdd, descriptor, interest, token);

    /// <returns>0, or -errno.</returns>
    public static int Modify(int epoll, int descriptor, uint interest, ulong token) =>
        Control(epoll, ControlModify, descriptor, interest, token);

    /// <returns>The number of events; 0 as well when a signal ended the wait: the caller's loop comes again.</returns>
    public static int Wait(int epoll, Span<EpollEvent> events, int timeoutMilliseconds)
    {
        fixed (EpollEvent* first = events)
        {
            var count = Libc.epoll_wait(epoll, first, events.Length, timeoutMilliseconds);
            if (count >= 0)
            {
                return count;
            }

            var errno = Marshal.GetLastPInvokeError();
            return errno == Errno.Interrupted ? 0 : -errno;
        }
    }

    private static int Control(int epoll, int operation, int descriptor, uint interest, ulong token)
    {
        var wanted = new EpollEvent(interest, token);
        return Result(Libc.epoll_ctl(epoll, operation, descriptor, &wanted));
    }

    private static int Result(int value) => value >= 0 ? value : -Marshal.GetLastPInvokeError();
}
