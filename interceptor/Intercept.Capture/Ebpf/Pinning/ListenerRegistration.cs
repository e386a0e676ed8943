using System.Net.Sockets;
using Intercept.Capture.Ebpf.Places;
using Microsoft.Win32.SafeHandles;

namespace Intercept.Capture.Ebpf.Pinning;

/// <summary>
/// A proxy that listens before its pod is enrolled: no program saw it begin, so it is put into the map from here. Without that every
/// connection to the pod would be refused until the proxy listens anew.
/// </summary>
internal static class ListenerRegistration
{
    public static void Complete(EbpfMaps maps, NetworkNamespace pod, ushort port, Action<string> progress)
    {
        var (sockets, found) = ListeningSockets.On(pod, port);
        foreach (var (socket, ipv6) in sockets)
        {
            using (socket)
            {
                Register(maps, new ListenerKey { Netns = pod.Cookie, Port = port, Slot = ipv6 ? 1U : 0 }, socket);
            }
        }

        if (sockets.Count < found)
        {
            progress($"{found - sockets.Count} socket(s) that listen on port {port} already could not be taken (CAP_SYS_PTRACE): "
                + "until the proxy listens anew, connections to the pod are refused");
        }
    }

    // User space reads the cookie of a socket from where it wrote a descriptor.
    private static void Register(EbpfMaps maps, ListenerKey key, SafeFileHandle socket)
    {
        var cookie = CookieOf(socket);
        ListenerKey? free = null;
        for (; key.Slot < ListenerKey.Slots; key.Slot += 2)
        {
            if (!maps.Listeners.TryGet(key, out var there))
            {
                free ??= key;
            }
            else if (there == cookie)
            {
                return;
            }
        }

        if (free is { } slot)
        {
            maps.Listeners.Set(slot, (ulong)socket.DangerousGetHandle());
        }
    }

    private static ulong CookieOf(SafeFileHandle socket)
    {
        const int SolSocket = 1;
        const int SoCookie = 57;
        Span<byte> cookie = stackalloc byte[sizeof(ulong)];
        using var handle = new SafeSocketHandle(socket.DangerousGetHandle(), ownsHandle: false);
        using var borrowed = new Socket(handle);
        borrowed.GetRawSocketOption(SolSocket, SoCookie, cookie);
        return BitConverter.ToUInt64(cookie);
    }
}
