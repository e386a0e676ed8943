using System.Net;
using System.Net.Sockets;

namespace Intercept.Tests.Unit.Linux;

/// <summary>A TCP connection over loopback: one end by its descriptor, non-blocking, for the calls under test.</summary>
internal sealed class SocketPair : IDisposable
{
    internal SocketPair(bool isIPv6 = false)
    {
        var loopback = isIPv6 ? IPAddress.IPv6Loopback : IPAddress.Loopback;
        using var listener = new Socket(loopback.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(loopback, 0));
        listener.Listen(1);
        Other = new Socket(loopback.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = (int)Patience.WithATask.TotalMilliseconds };
        Other.Connect(listener.LocalEndPoint!);
        Own = listener.Accept();
        Own.Blocking = false;
    }

    internal Socket Own { get; }

    internal Socket Other { get; }

    internal int Descriptor => (int)Own.Handle;

    /// <summary>Until the bytes, the end or the reset that the other side caused has come.</summary>
    internal void AwaitReadable() => Assert.True(Own.Poll(Patience.WithATask, SelectMode.SelectRead));

    public void Dispose()
    {
        Own.Dispose();
        Other.Dispose();
    }
}
