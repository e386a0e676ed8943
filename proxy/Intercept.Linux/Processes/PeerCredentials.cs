using System.Net.Sockets;

namespace Intercept.Linux.Processes;

/// <summary>SO_PEERCRED: who connected to a Unix socket, as the kernel noted it in connect(2), in our namespaces' numbers.</summary>
public readonly record struct PeerCredentials(int ProcessId, uint UserId, uint GroupId)
{
    private const int SocketLevel = 1;
    private const int PeerCredentialsOption = 17;

    // What the kernel answers for a process, user or group that our namespaces have no number for.
    private const uint NoUser = 0xffffffff;
    private const uint OverflowUser = 65534;

    /// <summary>False where our user namespace has no number for the user: such a user is like any other such user, and must not be matched.</summary>
    public bool IsMapped => UserId is not NoUser and not OverflowUser;

    /// <returns>Null for what is no connected Unix socket.</returns>
    public static unsafe PeerCredentials? Of(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        if (socket.AddressFamily != AddressFamily.Unix)
        {
            return null;
        }

        // struct ucred
        var found = stackalloc uint[3];
        var length = 3 * sizeof(uint);
        var held = false;
        try
        {
            socket.SafeHandle.DangerousAddRef(ref held);
            var descriptor = (int)socket.SafeHandle.DangerousGetHandle();
            return Libc.getsockopt(descriptor, SocketLevel, PeerCredentialsOption, found, &length) == 0
                ? new PeerCredentials((int)found[0], found[1], found[2])
                : null;
        }
        catch (ObjectDisposedException)
        {
            return null;
        }
        finally
        {
            if (held)
            {
                socket.SafeHandle.DangerousRelease();
            }
        }
    }
}
