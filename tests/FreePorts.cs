using System.Net;
using System.Net.Sockets;

namespace Intercept.Tests;

/// <summary>
/// Ports of 127.0.0.1 for programs that are told theirs before they listen. One that the kernel chose and that was closed again may be
/// anybody's until then, the end of a connection that a test makes meanwhile for one: these are below what the kernel chooses from.
/// </summary>
internal static class FreePorts
{
    private const int First = 16_000;
    private const int Count = 16_000;

    // Runs beside each other begin at different places; within one no port is given twice.
    private static int _last = Environment.ProcessId * 127;

    public static int Next()
    {
        while (true)
        {
            var port = First + (Interlocked.Increment(ref _last) & int.MaxValue) % Count;
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // Somebody's: the next.
            }
        }
    }
}
