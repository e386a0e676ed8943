using System.Runtime.InteropServices;

namespace Intercept.Linux;

/// <summary>A pipe that carries pages from one socket to another without copying them through user space.</summary>
public sealed unsafe class SplicePipe : IDisposable
{
    // A quarter of a megabyte keeps a 10 Gbit/s stream moving for 200 us between two visits of the loop, and stays far
    // below pipe-user-pages-soft (64 MiB for one user): beyond it the kernel refuses, and the default size serves.
    private const int WantedCapacity = 256 * 1024;
    private const int DefaultCapacity = 64 * 1024;
    private const int NonBlockingCloseOnExec = 0x800 | 0x80000;
    private const int SetPipeSize = 1031;
    private const uint MoveNonBlocking = 1 | 2;

    private int _readEnd;
    private int _writeEnd;

    private SplicePipe(int readEnd, int writeEnd, int capacity)
    {
        _readEnd = readEnd;
        _writeEnd = writeEnd;
        Capacity = capacity;
    }

    public int Capacity { get; }

    /// <summary>Bytes taken from a source and not yet given to a sink.</summary>
    public int Held { get; private set; }

    /// <returns>Null when no descriptor is left: copying needs none.</returns>
    public static SplicePipe? TryCreate()
    {
        var ends = stackalloc int[2];
        if (Libc.pipe2(ends, NonBlockingCloseOnExec) != 0)
        {
            return null;
        }

        var capacity = Libc.fcntl(ends[1], SetPipeSize, WantedCapacity);
        return new SplicePipe(ends[0], ends[1], capacity > 0 ? capacity : DefaultCapacity);
    }

    /// <summary>Would-block also means that the pipe is full.</summary>
    public IoResult FillFrom(int socket)
    {
        var result = Move(socket, _writeEnd, Capacity - Held);
        Held += result.Bytes;
        return result;
    }

    /// <summary>Would-block also means that the pipe is empty.</summary>
    public IoResult DrainTo(int socket)
    {
        var result = Move(_readEnd, socket, Held);
        Held -= result.Bytes;
        return result;
    }

    public void Dispose()
    {
        if (_readEnd >= 0)
        {
            _ = Libc.close(_readEnd);
            _ = Libc.close(_writeEnd);
            _readEnd = _writeEnd = -1;
        }
    }

    private static IoResult Move(int from, int to, int count)
    {
        // splice(2) answers 0 to a count of 0, which would read as the end of the stream.
        if (count == 0)
        {
            return IoResult.WouldBlock;
        }

        while (true)
        {
            var moved = Libc.splice(from, null, to, null, (nuint)count, MoveNonBlocking);
            if (moved > 0)
            {
                return IoResult.Done((int)moved);
            }

            if (moved == 0)
            {
                return IoResult.EndOfStream;
            }

            var errno = Marshal.GetLastPInvokeError();
            if (errno != Errno.Interrupted)
            {
                return errno == Errno.WouldBlock ? IoResult.WouldBlock : IoResult.Failed(errno);
            }
        }
    }
}
