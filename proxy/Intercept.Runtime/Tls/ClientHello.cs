using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;

namespace Intercept.Runtime.Tls;

/// <summary>What a client asks for before anything is encrypted (RFC 8446 4.1.2), read by peeking.</summary>
/// <param name="ServerName">SNI in lower case; null when absent.</param>
/// <param name="AlpnProtocols">In the client's order.</param>
/// <param name="HighestVersion">The highest version offered, by its wire number.</param>
public sealed record ClientHello(string? ServerName, ImmutableArray<string> AlpnProtocols, ushort HighestVersion)
{
    /// <summary>Beyond it a hello is refused. With post-quantum key shares they reach two or three KiB.</summary>
    public const int MaximumLength = 16 * 1024;

    // Record headers may double it before the cutting into fragments is itself an attack.
    private const int MaximumBytes = 2 * MaximumLength;
    private const byte HandshakeRecord = 22;
    private const byte MajorVersion = 3;
    private const byte ClientHelloType = 1;
    private const int RecordHeader = 5;
    private const int HandshakeHeader = 4;
    private const int RandomLength = 32;
    private const int LongestSession = 32;
    private const int MaximumRecord = 16 * 1024;
    private const ushort ServerNameExtension = 0;
    private const ushort AlpnExtension = 16;
    private const ushort SupportedVersionsExtension = 43;
    private const byte HostNameType = 0;
    private const ushort GreaseMask = 0x0f0f;
    private const ushort GreaseMark = 0x0a0a;

    /// <param name="bytes">All bytes received so far, from the first.</param>
    /// <param name="hello">Set when the status is <see cref="ClientHelloStatus.Done"/>.</param>
    public static ClientHelloStatus TryRead(ReadOnlySpan<byte> bytes, out ClientHello? hello)
    {
        hello = null;
        Span<byte> joined = stackalloc byte[MaximumLength];
        var status = JoinRecords(bytes, joined, out var message);
        if (status != ClientHelloStatus.Done)
        {
            return status == ClientHelloStatus.NeedMore && bytes.Length >= MaximumBytes ? ClientHelloStatus.Malformed : status;
        }

        return TryReadMessage(message, out hello) ? ClientHelloStatus.Done : ClientHelloStatus.Malformed;
    }

    /// <summary>Finds the handshake message: in place when one record holds it, else joined from its fragments.</summary>
    private static ClientHelloStatus JoinRecords(ReadOnlySpan<byte> bytes, Span<byte> joined, out ReadOnlySpan<byte> message)
    {
        message = default;
        var held = 0;
        while (true)
        {
            if (bytes.Length > 0 && bytes[0] != HandshakeRecord)
            {
                // A client that began a hello cannot continue with another protocol.
                return held == 0 ? ClientHelloStatus.NotTls : ClientHelloStatus.Malformed;
            }

            if (bytes.Length > 1 && bytes[1] != MajorVersion)
            {
                return held == 0 ? ClientHelloStatus.NotTls : ClientHelloStatus.Malformed;
            }

            if (bytes.Length < RecordHeader)
            {
                return ClientHelloStatus.NeedMore;
            }

            var length = BinaryPrimitives.ReadUInt16BigEndian(bytes[3..]);
            if (length is 0 or > MaximumRecord)
            {
                return ClientHelloStatus.Malformed;
            }

            var fragment = bytes.Slice(RecordHeader, Math.Min(length, bytes.Length - RecordHeader));
            if (held + fragment.Length > joined.Length)
            {
                return ClientHelloStatus.Malformed;
            }

            fragment.CopyTo(joined[held..]);
            held += fragment.Length;
            var status = Measure(joined[..held], out var messageLength);
            if (status != ClientHelloStatus.NeedMore)
            {
                message = joined[..held][..messageLength];
                return status;
            }

            if (fragment.Length < length)
            {
                return ClientHelloStatus.NeedMore;
            }

            bytes = bytes[(RecordHeader + length)..];
        }
    }

    private static ClientHelloStatus Measure(ReadOnlySpan<byte> handshake, out int length)
    {
        length = 0;
        if (handshake.Length > 0 && handshake[0] != ClientHelloType)
        {
            return ClientHelloStatus.Malformed;
        }

        if (handshake.Length < HandshakeHeader)
        {
            return ClientHelloStatus.NeedMore;
        }

        var total = HandshakeHeader + ((handshake[1] << 16) | (handshake[2] << 8) | handshake[3]);
        if (total > MaximumLength)
        {
            return ClientHelloStatus.Malformed;
        }

        length = Math.Min(total, handshake.Length);
        return handshake.Length < total ? ClientHelloStatus.NeedMore : ClientHelloStatus.Done;
    }

    private static bool TryReadMessage(ReadOnlySpan<byte> message, out ClientHello? hello)
    {
        hello = null;
        var reader = new TlsReader(message[HandshakeHeader..]);
        if (!reader.TryReadUInt16(out var version)
            || !reader.TrySkip(RandomLength)
            || !reader.TryReadVector8(out var session)
            || session.Length > LongestSession
            || !reader.TryReadVector16(out var ciphers)
            || ciphers.IsEmpty
            || ciphers.Length % 2 != 0
            || !reader.TryReadVector8(out var compressions)
            || compressions.IsEmpty)
        {
            return false;
        }

        string? serverName = null;
        var alpn = ImmutableArray<string>.Empty;

        // SSL 3 and TLS 1.0 clients may send no extensions at all.
        if (!reader.IsEmpty)
        {
            if (!reader.TryReadVector16(out var extensions) || !reader.IsEmpty)
            {
                return false;
            }

            var rest = new TlsReader(extensions);
            var seen = 0;
            while (!rest.IsEmpty)
            {
                if (!rest.TryReadUInt16(out var type)
                    || !rest.TryReadVector16(out var body)
                    || !IsFirst(type, ref seen)
                    || !TryReadExtension(type, body, ref serverName, ref alpn, ref version))
                {
                    return false;
                }
            }
        }

        hello = new ClientHello(serverName, alpn, version);
        return true;
    }

    // Whoever ends the handshake refuses what is given twice and what stands behind a list. Here it is refused as well: a
    // chain must not be chosen by one reading of a hello and served by another.
    private static bool IsFirst(ushort type, ref int seen)
    {
        var bit = type switch
        {
            ServerNameExtension => 1,
            AlpnExtension => 2,
            SupportedVersionsExtension => 4,
            _ => 0,
        };
        var isFirst = (seen & bit) == 0;
        seen |= bit;
        return isFirst;
    }

    private static bool TryReadExtension(
        ushort type, ReadOnlySpan<byte> body, ref string? serverName, ref ImmutableArray<string> alpn, ref ushort version) => type switch
        {
            ServerNameExtension => TryReadServerName(body, ref serverName),
            AlpnExtension => TryReadAlpn(body, ref alpn),
            SupportedVersionsExtension => TryReadVersions(body, ref version),
            _ => true,
        };

    private static bool TryReadServerName(ReadOnlySpan<byte> body, ref string? serverName)
    {
        var reader = new TlsReader(body);
        if (!reader.TryReadVector16(out var list) || list.IsEmpty || !reader.IsEmpty)
        {
            return false;
        }

        var names = new TlsReader(list);
        while (!names.IsEmpty)
        {
            if (!names.TryReadUInt8(out var kind) || !names.TryReadVector16(out var name))
            {
                return false;
            }

            if (kind == HostNameType)
            {
                if (serverName is not null || name.IsEmpty || !Ascii.IsValid(name) || name.Contains((byte)0))
                {
                    return false;
                }

                serverName = Encoding.ASCII.GetString(name).ToLowerInvariant();
            }
        }

        return true;
    }

    private static bool TryReadAlpn(ReadOnlySpan<byte> body, ref ImmutableArray<string> alpn)
    {
        var reader = new TlsReader(body);
        if (!reader.TryReadVector16(out var list) || list.IsEmpty || !reader.IsEmpty)
        {
            return false;
        }

        var found = ImmutableArray.CreateBuilder<string>();
        var protocols = new TlsReader(list);
        while (!protocols.IsEmpty)
        {
            if (!protocols.TryReadVector8(out var protocol) || protocol.IsEmpty)
            {
                return false;
            }

            // GREASE values are no text (RFC 8701); Latin-1 keeps them distinct.
            found.Add(Encoding.Latin1.GetString(protocol));
        }

        alpn = found.ToImmutable();
        return true;
    }

    private static bool TryReadVersions(ReadOnlySpan<byte> body, ref ushort highest)
    {
        var reader = new TlsReader(body);
        if (!reader.TryReadVector8(out var list) || list.IsEmpty || !reader.IsEmpty)
        {
            return false;
        }

        var versions = new TlsReader(list);
        while (!versions.IsEmpty)
        {
            if (!versions.TryReadUInt16(out var version))
            {
                return false;
            }

            if ((version & GreaseMask) != GreaseMark && version > highest)
            {
                highest = version;
            }
        }

        return true;
    }
}
