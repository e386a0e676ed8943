using System.Buffers.Binary;
using System.Net.Security;
using System.Text;

namespace Intercept.Tests.Unit.Runtime;

/// <summary>ClientHellos: one that a real client sent, and made ones for what no client sends.</summary>
internal static class HelloBytes
{
    internal const string ServerName = "redis.shop.svc.cluster.local";

    private const ushort Tls10 = 0x0301;
    private const ushort Tls12 = 0x0303;

    /// <summary>What .NET's client writes first, through OpenSSL.</summary>
    internal static byte[] Real(string? serverName = ServerName, params string[] alpn)
    {
        using var wire = new Wire();
        using var client = new SslStream(wire);
        Assert.ThrowsAny<IOException>(() => client.AuthenticateAsClient(new SslClientAuthenticationOptions
        {
            // An address is no server name, so none is sent.
            TargetHost = serverName ?? "127.0.0.1",
            ApplicationProtocols = alpn.Length == 0 ? null : [.. alpn.Select(name => new SslApplicationProtocol(name))],
        }));
        return wire.Written.ToArray();
    }

    /// <param name="extensions">Complete, each with type and length; null leaves the whole block out, as SSL 3 did.</param>
    internal static byte[] Made(byte[]? extensions, ushort version = Tls12, int sessionLength = 32)
    {
        byte[] body =
        [
            .. UInt16(version), .. new byte[32], (byte)sessionLength, .. new byte[sessionLength], .. Vector16([.. UInt16(0x1301), .. UInt16(0x0a0a)]), 1, 0,
            .. extensions is null ? [] : Vector16(extensions),
        ];
        return Records([1, (byte)(body.Length >> 16), (byte)(body.Length >> 8), (byte)body.Length, .. body], int.MaxValue);
    }

    /// <summary>The handshake bytes of one record, cut into records of at most so many.</summary>
    internal static byte[] Cut(byte[] record, int length) => Records(record[5..], length);

    internal static byte[] Extension(ushort type, params byte[] body) => [.. UInt16(type), .. Vector16(body)];

    internal static byte[] Name(string name) => Extension(0, Vector16([0, .. Vector16(Encoding.UTF8.GetBytes(name))]));

    internal static byte[] Alpn(params string[] names) =>
        Extension(16, Vector16([.. names.SelectMany(name => new[] { (byte)name.Length }.Concat(Encoding.Latin1.GetBytes(name)))]));

    internal static byte[] Versions(params ushort[] versions) =>
        Extension(43, [(byte)(versions.Length * 2), .. versions.SelectMany(UInt16)]);

    internal static byte[] Vector16(byte[] content) => [.. UInt16((ushort)content.Length), .. content];

    internal static byte[] UInt16(ushort number)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, number);
        return bytes;
    }

    private static byte[] Records(byte[] handshake, int length) =>
        [.. handshake.Chunk(length).SelectMany(chunk => (byte[])[22, .. UInt16(Tls10), .. Vector16(chunk)])];

    /// <summary>Takes what is written, and has nothing to read.</summary>
    private sealed class Wire : MemoryStream
    {
        public MemoryStream Written { get; } = new();

        public override int Read(Span<byte> buffer) => 0;

        public override int Read(byte[] buffer, int offset, int count) => 0;

        public override void Write(ReadOnlySpan<byte> buffer) => Written.Write(buffer);

        public override void Write(byte[] buffer, int offset, int count) => Written.Write(buffer, offset, count);
    }
}
