using System.Runtime.InteropServices;
using Intercept.Core.Addressing;

namespace Intercept.Linux;

/// <summary>The socket options that Intercept sets or reads, each as one integer. Results below zero are -errno.</summary>
public static unsafe class SocketOption
{
    private const int SocketLevel = 1;
    private const int IPLevel = 0;
    private const int TcpLevel = 6;
    private const int IPv6Level = 41;

    public static int SetReuseAddress(int descriptor) => Set(descriptor, SocketLevel, 2, 1);

    public static int SetReusePort(int descriptor) => Set(descriptor, SocketLevel, 15, 1);

    public static int SetIPv6Only(int descriptor) => Set(descriptor, IPv6Level, 26, 1);

    /// <summary>Lets a listener take connections to addresses that are not local (TPROXY). Needs CAP_NET_ADMIN.</summary>
    public static int SetTransparent(int descriptor, bool isIPv6) =>
        isIPv6 ? Set(descriptor, IPv6Level, 75, 1) : Set(descriptor, IPLevel, 19, 1);

    /// <summary>Binding to an address leaves the port to connect(2), so that ports are shared between destinations.</summary>
    public static int SetBindAddressNoPort(int descriptor) => Set(descriptor, IPLevel, 24, 1);

    /// <summary>Needs CAP_NET_ADMIN.</summary>
    public static int SetMark(int descriptor, uint mark) => Set(descriptor, SocketLevel, 36, (int)mark);

    public static int SetNoDelay(int descriptor) => Set(descriptor, TcpLevel, 1, 1);

    public static int SetSendBuffer(int descriptor, int bytes) => Set(descriptor, SocketLevel, 7, bytes);

    public static int SetReceiveBuffer(int descriptor, int bytes) => Set(descriptor, SocketLevel, 8, bytes);

    /// <param name="idleSeconds">Silence before the first probe.</param>
    /// <param name="intervalSeconds">Between probes.</param>
    /// <param name="probes">Unanswered probes until the connection counts as dead.</param>
    public static int SetKeepAlive(int descriptor, int idleSeconds, int intervalSeconds, int probes)
    {
        var result = Set(descriptor, SocketLevel, 9, 1);
        result = result < 0 ? result : Set(descriptor, TcpLevel, 4, idleSeconds);
        result = result < 0 ? result : Set(descriptor, TcpLevel, 5, intervalSeconds);
        return result < 0 ? result : Set(descriptor, TcpLevel, 6, probes);
    }

    /// <summary>Closing then sends RST instead of FIN and drops what is unsent.</summary>
    public static int SetLingerZero(int descriptor)
    {
        // struct linger { l_onoff = 1, l_linger = 0 }
        var linger = 1L;
        return Result(Libc.setsockopt(descriptor, SocketLevel, 13, &linger, sizeof(long)));
    }

    /// <summary>
    /// Whom the accepting side in this namespace is to take for its client; before connect(2). No kernel knows the option: a program
    /// of bpf/ takes it where that was installed, and only from the proxy.
    /// </summary>
    public static int SetPresentedClient(int descriptor, NetEndpoint client)
    {
        // CLIENT_ADDRESS of bpf/handover.h.
        const int ClientAddress = 0x6542;
        RawAddress address = default;
        var length = RawAddress.Write(ref address, client);
        return Result(Libc.setsockopt(descriptor, IPLevel, ClientAddress, &address, length));
    }

    /// <summary>SO_ERROR, which the kernel forgets once read.</summary>
    public static int TakeError(int descriptor)
    {
        int error;
        var length = sizeof(int);
        return Libc.getsockopt(descriptor, SocketLevel, 4, &error, &length) == 0 ? error : Marshal.GetLastPInvokeError();
    }

    private static int Set(int descriptor, int level, int option, int value) =>
        Result(Libc.setsockopt(descriptor, level, option, &value, sizeof(int)));

    private static int Result(int value) => value >= 0 ? value : -Marshal.GetLastPInvokeError();
}
