using System.Globalization;

namespace Intercept.Core.Addressing;

/// <summary>A range of addresses by prefix. The host bits of <see cref="Network"/> are zero.</summary>
public readonly record struct Cidr
{
    public Cidr(NetAddress address, int prefixLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(prefixLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(prefixLength, address.Width);
        PrefixLength = prefixLength;
        Network = Mask(address, prefixLength);
    }

    public static Cidr AllIPv4 { get; } = new(NetAddress.AnyIPv4, 0);

    public static Cidr AllIPv6 { get; } = new(NetAddress.AnyIPv6, 0);

    public NetAddress Network { get; }

    public int PrefixLength { get; }

    public bool IsIPv6 => Network.IsIPv6;

    /// <summary>Takes "10.0.0.0/8", "2001:db8::/32", and a bare address as one host. Host bits are cleared.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Cidr cidr)
    {
        cidr = default;
        var slash = text.IndexOf('/');
        if (!NetAddress.TryParse(slash < 0 ? text : text[..slash], out var address))
        {
            return false;
        }

        var prefixLength = address.Width;
        if (slash >= 0
            && (!int.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out prefixLength)
                || prefixLength > address.Width))
        {
            return false;
        }

        cidr = new Cidr(address, prefixLength);
        return true;
    }

    public static Cidr Parse(string text) =>
        TryParse(text, out var cidr) ? cidr : throw new FormatException($"'{text}' is not a CIDR such as 10.0.0.0/8 or 2001:db8::/32");

    public bool Contains(NetAddress address) =>
        address.IsIPv6 == IsIPv6 && Mask(address, PrefixLength) == Network;

    public bool Contains(Cidr other) => other.PrefixLength >= PrefixLength && Contains(other.Network);

    public override string ToString() => $"{Network}/{PrefixLength}";

    private static NetAddress Mask(NetAddress address, int prefixLength)
    {
        var hostBits = address.Width - prefixLength;
        if (hostBits == 0)
        {
            return address;
        }

        // A shift by the full width is a shift by zero in .NET, so /0 is spelled out.
        var bits = hostBits == 128 ? UInt128.Zero : address.Bits >> hostBits << hostBits;
        if (address.IsIPv4)
        {
            return NetAddress.FromIPv4((uint)bits);
        }

        Span<byte> bytes = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(bytes, bits);
        return NetAddress.FromBytes(bytes);
    }
}
