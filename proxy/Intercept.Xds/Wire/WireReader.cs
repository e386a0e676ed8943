using System.Buffers.Binary;

namespace Intercept.Xds.Wire;

/// <summary>
/// Reads the wire format of a message field by field. Malformed bytes end it with <see cref="IsMalformed"/> and no
/// exception: what a server sends is expected to be wrong now and then.
/// </summary>
internal ref struct WireReader(ReadOnlySpan<byte> message)
{
    private const int MaximumFieldNumber = (1 << 29) - 1;

    private ReadOnlySpan<byte> _rest = message;

    /// <summary>The field just read.</summary>
    public int Number { get; private set; }

    public WireKind Kind { get; private set; }

    /// <summary>Its value when it is a varint or has a fixed width.</summary>
    public ulong Scalar { get; private set; }

    /// <summary>Its value when it has a length.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    public bool IsMalformed { get; private set; }

    /// <summary>False at the end, and when what follows is not a field.</summary>
    public bool Read()
    {
        if (_rest.IsEmpty || IsMalformed)
        {
            return false;
        }

        if (!TryReadVarint(out var tag) || tag >> 3 is 0 or > MaximumFieldNumber)
        {
            return Fail();
        }

        Number = (int)(tag >> 3);
        Kind = (WireKind)(tag & 7);
        Bytes = default;
        return Kind switch
        {
            WireKind.Varint => TryReadVarint(out var value) ? Keep(value) : Fail(),
            WireKind.Fixed64 => _rest.Length >= sizeof(ulong) ? Keep(BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)))) : Fail(),
            WireKind.Fixed32 => _rest.Length >= sizeof(uint) ? Keep(BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)))) : Fail(),
            WireKind.Bytes => TryReadVarint(out var length) && length <= (ulong)_rest.Length ? Keep((int)length) : Fail(),

            // Groups are of proto2, and Envoy's messages are proto3.
            _ => Fail(),
        };
    }

    private bool Keep(ulong scalar)
    {
        Scalar = scalar;
        return true;
    }

    private bool Keep(int length)
    {
        Bytes = Take(length);
        return true;
    }

    private bool Fail()
    {
        IsMalformed = true;
        return false;
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }

    private bool TryReadVarint(out ulong value)
    {
        value = 0;
        for (var shift = 0; shift < 64 && !_rest.IsEmpty; shift += 7)
        {
            var next = _rest[0];
            _rest = _rest[1..];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return true;
            }
        }

        return false;
    }
}
