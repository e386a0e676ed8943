using Intercept.Linux;

namespace Intercept.Runtime.Buffers;

/// <summary>
/// The buffers of one loop. Everything is read into the one scratch buffer; only bytes that the other side would not
/// take at once move to a pooled buffer. So an idle connection holds none.
/// </summary>
public sealed class LoopBuffers : IDisposable
{
    // What one read takes: larger reads no longer pay in throughput, and it bounds what one direction may hold.
    public const int BufferLength = 64 * 1024;

    // Kept for the next stall; more would be memory of a burst that is over.
    private const int KeptBuffers = 32;
    private const int KeptPipes = 16;

    private readonly Stack<NativeBuffer> _free = new();
    private readonly Stack<SplicePipe> _freePipes = new();

    /// <summary>Valid until the coroutine next waits.</summary>
    public NativeBuffer Scratch { get; } = new(BufferLength);

    /// <summary>Buffers that hold bytes waiting to be written.</summary>
    public int RentedBuffers { get; private set; }

    public int RentedPipes { get; private set; }

    public NativeBuffer Rent()
    {
        RentedBuffers++;
        return _free.TryPop(out var buffer) ? buffer : new NativeBuffer(BufferLength);
    }

    public void Return(NativeBuffer buffer)
    {
        RentedBuffers--;
        if (_free.Count < KeptBuffers)
        {
            _free.Push(buffer);
        }
        else
        {
            buffer.Dispose();
        }
    }

    /// <returns>Null when no descriptor is left.</returns>
    public SplicePipe? TryRentPipe()
    {
        var pipe = _freePipes.TryPop(out var kept) ? kept : SplicePipe.TryCreate();
        if (pipe is not null)
        {
            RentedPipes++;
        }

        return pipe;
    }

    /// <summary>A pipe that still holds bytes is closed with them: they must not reach another connection.</summary>
    public void Return(SplicePipe pipe)
    {
        RentedPipes--;
        if (pipe.Held == 0 && _freePipes.Count < KeptPipes)
        {
            _freePipes.Push(pipe);
        }
        else
        {
            pipe.Dispose();
        }
    }

    public void Dispose()
    {
        Scratch.Dispose();
        while (_free.TryPop(out var buffer))
        {
            buffer.Dispose();
        }

        while (_freePipes.TryPop(out var pipe))
        {
            pipe.Dispose();
        }
    }
}
