using Intercept.Linux;

namespace Intercept.Runtime.Loops;

/// <summary>
/// What the loop knows of one descriptor: which directions are ready, and who waits for them. Readiness is a latch that
/// an edge sets and that the reader clears when the kernel has nothing more. A wait may end without readiness
/// (interrupted, aborted), so a waiter always tries its call and looks at the result.
/// </summary>
internal sealed class Pollable(EventLoop loop, int descriptor)
{
    internal const uint ConnectionInterest = Epoll.In | Epoll.Out | Epoll.ReadHangUp | Epoll.EdgeTriggered;

    private Action? _reader;
    private Action? _writer;

    // A TLS read that must write first (a KeyUpdate answer) waits beside a writer of the other direction.
    private Action? _secondWriter;

    internal EventLoop Loop { get; } = loop;

    internal int Descriptor { get; private set; } = descriptor;

    internal int Slot { get; set; } = -1;

    internal bool IsReadable { get; private set; }

    internal bool IsWritable { get; private set; }

    /// <summary>
    /// A FIN or an error is queued behind the data. Its edge has been spent, so a short read no longer means that the
    /// next edge will come: the reader goes on until it meets the end.
    /// </summary>
    internal bool IsHungUp { get; private set; }

    /// <summary>The socket error, which the kernel reports once. 0 while there is none.</summary>
    internal int Error { get; private set; }

    internal bool IsAborted { get; private set; }

    internal bool IsClosed => Descriptor < 0;

    /// <summary>Told of a reset even when nobody reads or writes the descriptor at that moment.</summary>
    internal Action? Failed { get; set; }

    /// <summary>Registers a connection's descriptor; closes it when the kernel refuses.</summary>
    internal static Pollable? TryOpen(EventLoop loop, int descriptor)
    {
        var pollable = new Pollable(loop, descriptor);
        if (loop.TryRegister(pollable, ConnectionInterest))
        {
            return pollable;
        }

        SocketCalls.Close(descriptor);
        return null;
    }

    internal void Signal(uint events)
    {
        if ((events & (Epoll.Error | Epoll.HangUp | Epoll.ReadHangUp)) != 0)
        {
            IsHungUp = true;
            if ((events & Epoll.Error) != 0 && Error == 0)
            {
                Error = SocketOption.TakeError(Descriptor);
            }
        }

        if ((events & (Epoll.In | Epoll.Error | Epoll.HangUp | Epoll.ReadHangUp)) != 0)
        {
            IsReadable = true;
            Wake(ref _reader);
        }

        if ((events & (Epoll.Out | Epoll.Error | Epoll.HangUp)) != 0)
        {
            IsWritable = true;
            Wake(ref _writer);
            Wake(ref _secondWriter);
        }

        if (Error != 0 && !IsClosed)
        {
            Failed?.Invoke();
        }
    }

    /// <summary>The kernel had nothing more to read: only a new edge makes it readable.</summary>
    internal void ClearReadable() => IsReadable = false;

    internal void SetReadable() => IsReadable = true;

    internal void ClearWritable() => IsWritable = false;

    internal void AwaitReadable(Action continuation)
    {
        ThrowIfTaken(_reader);
        _reader = continuation;
    }

    internal void AwaitWritable(Action continuation)
    {
        if (_writer is null)
        {
            _writer = continuation;
            return;
        }

        ThrowIfTaken(_secondWriter);
        _secondWriter = continuation;
    }

    /// <summary>Ends the present waits, and no more: the waiters try again.</summary>
    internal void Interrupt()
    {
        WakeLater(ref _reader);
        WakeLater(ref _writer);
        WakeLater(ref _secondWriter);
    }

    /// <summary>Ends the present waits and every later one; calls fail with ECANCELED.</summary>
    internal void Abort()
    {
        IsAborted = true;
        Interrupt();
    }

    internal void Close()
    {
        if (IsClosed)
        {
            return;
        }

        Loop.Unregister(this);
        SocketCalls.Close(Descriptor);
        Descriptor = -1;
        Failed = null;
        Abort();
    }

    private static void Wake(ref Action? waiter)
    {
        var resumed = waiter;
        if (resumed is not null)
        {
            waiter = null;
            resumed();
        }
    }

    // Whoever interrupts is in the middle of its own work: the waiter runs after it.
    private void WakeLater(ref Action? waiter)
    {
        if (waiter is not null)
        {
            Loop.Enqueue(waiter);
            waiter = null;
        }
    }

    private static void ThrowIfTaken(Action? waiter)
    {
        if (waiter is not null)
        {
            throw new InvalidOperationException("two coroutines wait for the same direction of one socket");
        }
    }
}
