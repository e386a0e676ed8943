using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Intercept.Core.Addressing;

/// <summary>
/// An IPv4 or IPv6 address as a 16-byte value, so that the data path compares and copies it without allocating.
/// IPv4-mapped IPv6 (::ffff:a.b.c.d) is stored as IPv4: the two are one address to every rule and policy.
/// </summary>
public readonly record struct NetAddress
{
    private readonly UInt128 _bits;

    private NetAddress(UInt128 bits, bool isIPv6)
    {
        _bits = bits;
        IsIPv6 = isIPv6;
    }

    public static NetAddress AnyIPv4 => default;

    public static NetAddress AnyIPv6 { get; } = new(UInt128.Zero, isIPv6: true);

    public static NetAddress LoopbackIPv4 { get; } = FromIPv4(0x7f000001);

    public static NetAddress LoopbackIPv6 { get; } = new(UInt128.One, isIPv6: true);

    public bool IsIPv6 { get; }

    public bool IsIPv4 => !IsIPv6;

    /// <summary>The number of bits of an address of this family: 32 or 128.</summary>
    public int Width => IsIPv6 ? 128 : 32;

    public bool IsLoopback => IsIPv6 ? _bits == UInt128.One : (uint)_bits >> 24 == 127;

    public bool IsUnspecified => _bits == UInt128.Zero;

    /// <summary>The address as a number in host order; the low 32 bits for IPv4.</summary>
    public UInt128 Bits => _bits;

    /// <param name="address">The address as a number in host order: 127.0.0.1 is 0x7f000001.</param>
    public static NetAddress FromIPv4(uint address) => new(address, isIPv6: false);

    /// <param name="networkOrder">4 or 16 bytes in network order.</param>
    public static NetAddress FromBytes(ReadOnlySpan<byte> networkOrder)
    {
        if (networkOrder.Length == 4)
        {
            return FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(networkOrder));
        }

        ArgumentOutOfRangeException.ThrowIfNotEqual(networkOrder.Length, 16);
        var bits = BinaryPrimitives.ReadUInt128BigEndian(networkOrder);
        return bits >> 32 == 0xffff ? FromIPv4((uint)bits) : new NetAddress(bits, isIPv6: true);
    }

    public static NetAddress From(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var written);
        return FromBytes(bytes[..written]);
    }

    /// <summary>Strict: dotted quad or RFC 4291 text, no zone, no port, no leading zeros, no short IPv4 forms.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out NetAddress address)
    {
        address = default;
        if (text.IsEmpty || text.ContainsAny('%', '[', ']') || !IPAddress.TryParse(text, out var parsed))
        {
            return false;
        }

        if (parsed.AddressFamily == AddressFamily.InterNetwork && !IsDottedQuad(text))
        {
            return false;
        }

        address = From(parsed);
        return true;
    }

    public static NetAddress Parse(string text) =>
        TryParse(text, out var address) ? address : throw new FormatException($"'{text}' is not an IPv4 or IPv6 address");

    /// <param name="networkOrder">At least 16 bytes; receives 4 or 16 bytes in network order.</param>
    /// <returns>The number of bytes written: 4 or 16.</returns>
    public int WriteBytes(Span<byte> networkOrder)
    {
        if (IsIPv6)
        {
            BinaryPrimitives.WriteUInt128BigEndian(networkOrder, _bits);
            return 16;
        }

        BinaryPrimitives.WriteUInt32BigEndian(networkOrder, (uint)_bits);
        return 4;
    }

    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        return new IPAddress(bytes[..WriteBytes(bytes)]);
    }

    public override string ToString() => ToIPAddress().ToString();

    // IPAddress.Parse also takes "1", "0x7f.1" and "010.0.0.1": to a rule those are typing errors.
    private static bool IsDottedQuad(ReadOnlySpan<char> text)
    {
        var parts = 0;
        foreach (var part in text.Split('.'))
        {
            var octet = text[part];
            if (octet.Length is 0 or > 3 || octet.ContainsAnyExceptInRange('0', '9') || (octet.Length > 1 && octet[0] == '0'))
            {
                return false;
            }

            parts++;
        }

        return parts == 4;
    }
}
