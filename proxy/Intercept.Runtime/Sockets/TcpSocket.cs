using Intercept.Core.Addressing;
using Intercept.Linux;
using Intercept.Runtime.Loops;

namespace Intercept.Runtime.Sockets;

/// <summary>A connected TCP socket on its loop.</summary>
public sealed class TcpSocket : StreamSocket
{
    private NetEndpoint? _local;

    internal TcpSocket(Pollable pollable, NetEndpoint remote)
    {
        Pollable = pollable;
        Remote = remote;
    }

    public override TcpSocket Transport => this;

    public override bool IsReadable => Pollable.IsReadable;

    /// <summary>Asked of the kernel when first needed.</summary>
    public NetEndpoint LocalEndpoint => _local ??= SocketCalls.LocalEndpoint(Pollable.Descriptor);

    /// <summary>The destination before REDIRECT; null when nothing redirected the connection.</summary>
    public NetEndpoint? OriginalDestination =>
        Linux.OriginalDestination.Read(Pollable.Descriptor, LocalEndpoint.Address.IsIPv6);

    /// <summary>The error that ended the connection, 0 while there is none: what tells RST from FIN.</summary>
    public int Error => Pollable.Error;

    internal Pollable Pollable { get; }

    internal NetEndpoint Remote { get; }

    /// <summary>Opens a connection. Network failures are values; the socket is closed then.</summary>
    public static ValueTask<ConnectResult> ConnectAsync(
        EventLoop loop, NetEndpoint remote, ConnectOptions options, CancellationToken cancellationToken = default) =>
        Connecting.RunAsync(loop, remote, options, cancellationToken);

    public override IoResult Receive(Span<byte> buffer)
    {
        if (Pollable.IsAborted)
        {
            return IoResult.Failed(Errno.Cancelled);
        }

        return AfterReading(SocketCalls.Receive(Pollable.Descriptor, buffer), buffer.Length);
    }

    public override IoResult Send(ReadOnlySpan<byte> data)
    {
        if (Pollable.IsAborted)
        {
            return IoResult.Failed(Errno.Cancelled);
        }

        return AfterWriting(SocketCalls.Send(Pollable.Descriptor, data));
    }

    /// <summary>
    /// Looks at what has arrived, without taking it, as soon as that is more than <paramref name="moreThan"/> bytes. It
    /// is in the loop's scratch buffer until the next wait.
    /// </summary>
    /// <returns>
    /// The bytes; end of stream when no more will come; would-block when <paramref name="timeout"/> passed first.
    /// </returns>
    public async ValueTask<IoResult> PeekAsync(int moreThan, TimeSpan timeout)
    {
        using var deadline = new WaitDeadline(Pollable);
        while (true)
        {
            if (Pollable.IsAborted)
            {
                return IoResult.Failed(Errno.Cancelled);
            }

            var result = Pollable.IsReadable
                ? SocketCalls.Peek(Pollable.Descriptor, Loop.Buffers.Scratch.Span)
                : IoResult.WouldBlock;
            if (result.Bytes > moreThan || result.Status is IoStatus.Failed or IoStatus.EndOfStream)
            {
                Pollable.SetReadable();
                return WithError(result);
            }

            if (result.IsDone && Pollable.IsHungUp)
            {
                return WithError(IoResult.EndOfStream);
            }

            if (deadline.Passed)
            {
                return IoResult.WouldBlock;
            }

            // What has been seen stays in the socket and makes no new edge: the latch is set again when the wait ends.
            Pollable.ClearReadable();
            deadline.Start(timeout);
            await ReadableAsync();
            Pollable.SetReadable();
        }
    }

    /// <summary>Waits for bytes or an end, for a time.</summary>
    /// <returns>False when the time passed first.</returns>
    public async ValueTask<bool> WaitReadableAsync(TimeSpan timeout)
    {
        using var deadline = new WaitDeadline(Pollable);
        deadline.Start(timeout);
        while (!IsReadable && !IsAborted && !deadline.Passed)
        {
            await ReadableAsync();
        }

        return IsReadable || IsAborted;
    }

    public override Readiness ReadableAsync() => Readiness.ToRead(Pollable);

    public override Readiness WritableAsync() => Readiness.ToWrite(Pollable);

    public override IoResult ShutdownSend()
    {
        var result = Pollable.IsClosed ? 0 : SocketCalls.ShutdownSend(Pollable.Descriptor);
        return result < 0 ? IoResult.Failed(-result) : IoResult.Done(0);
    }

    public override void Reset()
    {
        if (!Pollable.IsClosed)
        {
            _ = SocketOption.SetLingerZero(Pollable.Descriptor);
            Pollable.Close();
        }
    }

    internal IoResult SpliceInto(SplicePipe pipe)
    {
        if (Pollable.IsAborted)
        {
            return IoResult.Failed(Errno.Cancelled);
        }

        // A short splice says nothing about the socket: the pipe may be out of slots. Only would-block clears the latch.
        return AfterReading(pipe.FillFrom(Pollable.Descriptor), 0);
    }

    internal IoResult SpliceFrom(SplicePipe pipe) =>
        Pollable.IsAborted ? IoResult.Failed(Errno.Cancelled) : AfterWriting(pipe.DrainTo(Pollable.Descriptor));

    protected override void Dispose(bool disposing) => Pollable.Close();

    private IoResult AfterReading(IoResult result, int asked)
    {
        switch (result.Status)
        {
            case IoStatus.Done when result.Bytes < asked && !Pollable.IsHungUp:
            case IoStatus.WouldBlock:
                Pollable.ClearReadable();
                return result;
            case IoStatus.EndOfStream:
                return WithError(result);
            default:
                return result;
        }
    }

    private IoResult AfterWriting(IoResult result)
    {
        if (result.Status == IoStatus.WouldBlock)
        {
            Pollable.ClearWritable();
        }

        return result;
    }

    // Reading SO_ERROR consumed the error, so that recv(2) answers a reset with 0 like a FIN.
    private IoResult WithError(IoResult result) =>
        result.Status == IoStatus.EndOfStream && Pollable.Error != 0 ? IoResult.Failed(Pollable.Error) : result;
}
