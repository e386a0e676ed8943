using System.Runtime.InteropServices;
using System.Text;
using Intercept.Core.Addressing;

namespace Intercept.Linux;

/// <summary>
/// Non-blocking stream sockets. Integers below zero are -errno. EINTR is retried here and nowhere else, except for
/// connect(2), which must not be called twice and does not return EINTR on a non-blocking socket.
/// </summary>
public static unsafe class SocketCalls
{
    private const ushort UnixFamily = 1;
    private const uint OwnerOnly = 0x180;
    private const int Stream = 1;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const int Peeking = 0x2;
    private const int NoSignal = 0x4000;
    private const int ShutWrite = 1;

    public static int Create(bool isIPv6) =>
        Result(Libc.socket(isIPv6 ? RawAddress.IPv6Family : RawAddress.IPv4Family, Stream | NonBlocking | CloseOnExec, 0));

    public static void Close(int descriptor) => _ = Libc.close(descriptor);

    public static int Bind(int descriptor, NetEndpoint endpoint)
    {
        RawAddress address = default;
        var length = RawAddress.Write(ref address, endpoint);
        return Result(Libc.bind(descriptor, &address, length));
    }

    public static int Listen(int descriptor, int backlog) => Result(Libc.listen(descriptor, backlog));

    /// <summary>A stream socket at a path, which is bound before anyone but this user may connect.</summary>
    /// <param name="operation">The call that was refused.</param>
    /// <returns>The descriptor, or -errno.</returns>
    public static int ListenUnix(string path, int backlog, out string operation)
    {
        const int PathStart = 2;
        Span<byte> address = stackalloc byte[110];
        address.Clear();
        BitConverter.TryWriteBytes(address, UnixFamily);
        operation = "bind";
        if (Encoding.UTF8.GetByteCount(path) >= address.Length - PathStart)
        {
            return -Errno.NameTooLong;
        }

        var length = PathStart + Encoding.UTF8.GetBytes(path, address[PathStart..]) + 1;
        var descriptor = Result(Libc.socket(UnixFamily, Stream | NonBlocking | CloseOnExec, 0));
        if (descriptor < 0)
        {
            operation = "socket";
            return descriptor;
        }

        // The file's mode is the socket's at the moment of binding (unix(7)).
        _ = Libc.fchmod(descriptor, OwnerOnly);
        int result;
        fixed (byte* start = address)
        {
            result = Result(Libc.bind(descriptor, start, length));
        }

        if (result == 0)
        {
            operation = "listen";
            result = Listen(descriptor, backlog);
        }

        if (result < 0)
        {
            Close(descriptor);
            return result;
        }

        return descriptor;
    }

    /// <returns>The connection's descriptor, or -errno.</returns>
    public static int Accept(int descriptor, out NetEndpoint remote)
    {
        RawAddress address = default;
        while (true)
        {
            var length = RawAddress.Capacity;
            var accepted = Result(Libc.accept4(descriptor, &address, &length, NonBlocking | CloseOnExec));
            if (accepted != -Errno.Interrupted)
            {
                remote = accepted >= 0 ? RawAddress.Read(address) : default;
                return accepted;
            }
        }
    }

    /// <returns>0, -EINPROGRESS, or another -errno.</returns>
    public static int Connect(int descriptor, NetEndpoint endpoint)
    {
        RawAddress address = default;
        var length = RawAddress.Write(ref address, endpoint);
        return Result(Libc.connect(descriptor, &address, length));
    }

    public static NetEndpoint LocalEndpoint(int descriptor)
    {
        RawAddress address = default;
        var length = RawAddress.Capacity;
        return Libc.getsockname(descriptor, &address, &length) == 0 ? RawAddress.Read(address) : default;
    }

    public static IoResult Receive(int descriptor, Span<byte> buffer) => Receive(descriptor, buffer, 0);

    public static IoResult Peek(int descriptor, Span<byte> buffer) => Receive(descriptor, buffer, Peeking);

    public static IoResult Send(int descriptor, ReadOnlySpan<byte> data)
    {
        fixed (byte* start = data)
        {
            while (true)
            {
                var sent = Libc.send(descriptor, start, (nuint)data.Length, NoSignal);
                if (sent >= 0)
                {
                    return IoResult.Done((int)sent);
                }

                var errno = Marshal.GetLastPInvokeError();
                if (errno != Errno.Interrupted)
                {
                    return errno == Errno.WouldBlock ? IoResult.WouldBlock : IoResult.Failed(errno);
                }
            }
        }
    }

    /// <summary>Sends FIN; the other direction stays open.</summary>
    public static int ShutdownSend(int descriptor) => Result(Libc.shutdown(descriptor, ShutWrite));

    private static IoResult Receive(int descriptor, Span<byte> buffer, int flags)
    {
        fixed (byte* start = buffer)
        {
            while (true)
            {
                var received = Libc.recv(descriptor, start, (nuint)buffer.Length, flags);
                if (received > 0)
                {
                    return IoResult.Done((int)received);
                }

                if (received == 0)
                {
                    return IoResult.EndOfStream;
                }

                var errno = Marshal.GetLastPInvokeError();
                if (errno != Errno.Interrupted)
                {
                    return errno == Errno.WouldBlock ? IoResult.WouldBlock : IoResult.Failed(errno);
                }
            }
        }
    }

    private static int Result(int value) => value >= 0 ? value : -Marshal.GetLastPInvokeError();
}
