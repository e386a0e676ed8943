using System.Runtime.InteropServices;

namespace Intercept.Linux;

/// <summary>Bytes outside the garbage-collected heap, page aligned. Owned by one event loop.</summary>
public sealed unsafe class NativeBuffer : IDisposable
{
    private const nuint PageSize = 4096;
    private byte* _start;

    public NativeBuffer(int length)
    {
        _start = (byte*)NativeMemory.AlignedAlloc((nuint)length, PageSize);
        Length = length;
    }

    public int Length { get; }

    public Span<byte> Span => _start is null ? [] : new Span<byte>(_start, Length);

    public void Dispose()
    {
        NativeMemory.AlignedFree(_start);
        _start = null;
    }
}
