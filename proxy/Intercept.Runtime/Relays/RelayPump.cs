using System.Diagnostics;
using Intercept.Linux;
using Intercept.Runtime.Buffers;
using Intercept.Runtime.Loops;
using Intercept.Runtime.Sockets;

namespace Intercept.Runtime.Relays;

/// <summary>
/// One direction of a relay. <see cref="Step"/> moves what can be moved without waiting and says what to wait for, so
/// that a small request costs one receive and one send, and nothing is held between two of them.
/// </summary>
internal sealed class RelayPump(Relay relay, StreamSocket source, StreamSocket sink, bool maySplice)
{
    // One turn moves at most this many buffers (2 MiB) before the other connections of the loop get theirs.
    private const int RoundsPerTurn = 32;

    // Four full buffers in a row (256 KiB) are bulk, not a large request: below, the pipe costs more than the copy.
    private const int FullReadsBeforeSplice = 4;

    // Sixteen moves in a row under a quarter buffer: the bulk is over.
    private const int SmallMovesBeforeCopy = 16;
    private const int SmallMove = LoopBuffers.BufferLength / 4;

    private readonly EventLoop _loop = source.Loop;
    private readonly TcpSocket? _plainSource = maySplice && sink is TcpSocket ? source as TcpSocket : null;
    private readonly TcpSocket? _plainSink = sink as TcpSocket;
    private NativeBuffer? _pending;
    private int _pendingStart;
    private int _pendingLength;
    private SplicePipe? _pipe;
    private bool _isSplicing;
    private bool _isSourceAtEnd;
    private int _fullReads;
    private int _smallMoves;

    private enum Next
    {
        Again,
        Readable,
        Writable,
        Turn,
        Stop,
    }

    internal long Bytes { get; private set; }

    /// <summary>The source ended in good order, and everything before its end has been passed on.</summary>
    internal bool HasEnded { get; private set; }

    internal bool IsSplicing => _isSplicing;

    internal async Task RunAsync()
    {
        // Bytes may wait inside TLS already. If not, the first edge is still to come: trying before it would mostly cost
        // a call that says EAGAIN.
        var next = source.IsReadable ? Step() : Next.Readable;
        while (next != Next.Stop)
        {
            switch (next)
            {
                case Next.Readable:
                    await source.ReadableAsync();
                    break;
                case Next.Writable:
                    await sink.WritableAsync();
                    break;
                default:
                    await _loop.Yield();
                    break;
            }

            next = Step();
        }

        ReleaseBuffer();
        ReleasePipe();
    }

    private Next Step()
    {
        for (var round = 0; round < RoundsPerTurn; round++)
        {
            var next = _pending is not null ? FlushBuffer()
                : _pipe is { Held: > 0 } pipe ? Drain(pipe)
                : _isSourceAtEnd ? PassEnd()
                : !source.IsReadable && !source.IsAborted ? Next.Readable
                : _isSplicing ? Fill()
                : Copy();
            if (next != Next.Again)
            {
                if (next == Next.Readable)
                {
                    // An empty pipe is of use to another connection meanwhile.
                    ReleasePipe();
                }

                return next;
            }
        }

        return Next.Turn;
    }

    private Next Copy()
    {
        var scratch = _loop.Buffers.Scratch.Span;
        var received = source.Receive(scratch);
        if (!received.IsDone)
        {
            return AfterSource(received);
        }

        Count(received.Bytes);
        ConsiderSplice(received.Bytes == scratch.Length);
        ReadOnlySpan<byte> data = scratch[..received.Bytes];
        while (!data.IsEmpty)
        {
            var sent = sink.Send(data);
            if (!sent.IsDone)
            {
                if (sent.Status == IoStatus.WouldBlock)
                {
                    Keep(data);
                }

                return AfterSink(sent);
            }

            data = data[sent.Bytes..];
        }

        return Next.Again;
    }

    private Next FlushBuffer()
    {
        while (_pendingLength > 0)
        {
            var sent = sink.Send(_pending!.Span.Slice(_pendingStart, _pendingLength));
            if (!sent.IsDone)
            {
                return AfterSink(sent);
            }

            relay.Touch();
            _pendingStart += sent.Bytes;
            _pendingLength -= sent.Bytes;
        }

        ReleaseBuffer();
        return Next.Again;
    }

    private Next Fill()
    {
        _pipe ??= _loop.Buffers.TryRentPipe();
        if (_pipe is null)
        {
            _isSplicing = false;
            return Next.Again;
        }

        var taken = _plainSource!.SpliceInto(_pipe);
        if (!taken.IsDone)
        {
            return AfterSource(taken);
        }

        Count(taken.Bytes);
        _smallMoves = taken.Bytes < SmallMove ? _smallMoves + 1 : 0;
        if (_smallMoves >= SmallMovesBeforeCopy)
        {
            _isSplicing = false;
        }

        return Next.Again;
    }

    private Next Drain(SplicePipe pipe)
    {
        var given = _plainSink!.SpliceFrom(pipe);
        if (!given.IsDone)
        {
            return AfterSink(given);
        }

        relay.Touch();
        return Next.Again;
    }

    private Next PassEnd()
    {
        HasEnded = true;

        // When both ends have come, the close that follows sends FIN; close_notify is TLS's own and always sent.
        if (relay.NoteEnd(this) && _plainSink is not null)
        {
            return Next.Stop;
        }

        // A sink that broke meanwhile is the other direction's to report.
        return sink.ShutdownSend().Status == IoStatus.WouldBlock ? Next.Writable : Next.Stop;
    }

    private Next AfterSource(IoResult result)
    {
        switch (result.Status)
        {
            case IoStatus.WouldBlock:
                return Next.Readable;
            case IoStatus.EndOfStream:
                _isSourceAtEnd = true;
                return Next.Again;
            default:
                relay.Fail(source, result.Errno);
                return Next.Stop;
        }
    }

    private Next AfterSink(IoResult result)
    {
        if (result.Status == IoStatus.WouldBlock)
        {
            return Next.Writable;
        }

        relay.Fail(sink, result.Errno);
        return Next.Stop;
    }

    private void Count(int bytes)
    {
        Bytes += bytes;
        relay.Touch();
    }

    private void ConsiderSplice(bool isFull)
    {
        _fullReads = isFull ? _fullReads + 1 : 0;
        if (_fullReads >= FullReadsBeforeSplice && _plainSource is not null)
        {
            _isSplicing = true;
            _fullReads = 0;
            _smallMoves = 0;
        }
    }

    private void Keep(ReadOnlySpan<byte> data)
    {
        Debug.Assert(_pending is null, "nothing is read while bytes are pending");
        _pending = _loop.Buffers.Rent();
        data.CopyTo(_pending.Span);
        _pendingStart = 0;
        _pendingLength = data.Length;
    }

    private void ReleaseBuffer()
    {
        if (_pending is not null)
        {
            _loop.Buffers.Return(_pending);
            _pending = null;
        }
    }

    private void ReleasePipe()
    {
        if (_pipe is not null)
        {
            _loop.Buffers.Return(_pipe);
            _pipe = null;
        }
    }
}
