using System.Buffers.Binary;

namespace Intercept.Runtime.Tls;

/// <summary>Reads the length-prefixed vectors of RFC 8446 3.4 from untrusted bytes.</summary>
internal ref struct TlsReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    internal readonly bool IsEmpty => _rest.IsEmpty;

    internal bool TrySkip(int count) => TryTake(count, out _);

    internal bool TryReadUInt8(out byte value)
    {
        var read = TryTake(1, out var bytes);
        value = read ? bytes[0] : (byte)0;
        return read;
    }

    internal bool TryReadUInt16(out ushort value)
    {
        var read = TryTake(2, out var bytes);
        value = read ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : (ushort)0;
        return read;
    }

    internal bool TryReadVector8(out ReadOnlySpan<byte> vector)
    {
        vector = default;
        return TryReadUInt8(out var length) && TryTake(length, out vector);
    }

    internal bool TryReadVector16(out ReadOnlySpan<byte> vector)
    {
        vector = default;
        return TryReadUInt16(out var length) && TryTake(length, out vector);
    }

    private bool TryTake(int count, out ReadOnlySpan<byte> bytes)
    {
        var enough = count <= _rest.Length;
        bytes = enough ? _rest[..count] : default;
        _rest = enough ? _rest[count..] : _rest;
        return enough;
    }
}
