using Intercept.Core.Addressing;
using Intercept.Linux;
using Intercept.Runtime.Loops;

namespace Intercept.Runtime.Sockets;

/// <summary>
/// A connection's byte stream, plain or TLS, as the relay sees it. Calls never block: they report would-block, and the
/// caller awaits readiness. Used on its loop's thread only. Two leaf types, both sealed: a virtual call costs two
/// nanoseconds where a system call costs a thousand.
/// </summary>
public abstract class StreamSocket : IDisposable
{
    /// <summary>The TCP connection underneath.</summary>
    public abstract TcpSocket Transport { get; }

    public EventLoop Loop => Transport.Pollable.Loop;

    public NetEndpoint RemoteEndpoint => Transport.Remote;

    /// <summary>Known to have something to read, an end or an error included.</summary>
    public abstract bool IsReadable { get; }

    public bool IsAborted => Transport.Pollable.IsAborted;

    public abstract IoResult Receive(Span<byte> buffer);

    /// <summary>May take less than all. Under TLS, what was refused with would-block must be offered again first.</summary>
    public abstract IoResult Send(ReadOnlySpan<byte> data);

    public abstract Readiness ReadableAsync();

    public abstract Readiness WritableAsync();

    /// <summary>Ends our direction in good order: FIN, or close_notify under TLS. The peer's direction stays open.</summary>
    public abstract IoResult ShutdownSend();

    /// <summary>Closes with RST: the peer learns that the stream broke, and unsent bytes are dropped.</summary>
    public abstract void Reset();

    /// <summary>Ends every wait, now and later; calls fail with ECANCELED. Dispose is still the owner's.</summary>
    public void Abort() => Transport.Pollable.Abort();

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
