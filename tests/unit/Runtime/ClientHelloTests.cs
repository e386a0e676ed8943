using Intercept.Runtime.Tls;
using static Intercept.Tests.Unit.Runtime.HelloBytes;

namespace Intercept.Tests.Unit.Runtime;

public sealed class ClientHelloTests
{
    [Fact]
    public void Reads_what_a_real_client_sends()
    {
        var hello = Read(Real(ServerName, "h2", "http/1.1"));

        Assert.Equal((ServerName, (ushort)0x0304), (hello.ServerName, hello.HighestVersion));
        Assert.Equal(["h2", "http/1.1"], hello.AlpnProtocols.ToArray());
    }

    [Fact]
    public void Without_a_name_and_protocols_there_are_none()
    {
        var hello = Read(Real(null));

        Assert.Null(hello.ServerName);
        Assert.Empty(hello.AlpnProtocols);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(64)]
    public void Reads_a_hello_that_is_cut_into_records(int length)
    {
        var whole = Real(ServerName, "istio");

        Assert.Equal(Described(Read(whole)), Described(Read(Cut(whole, length))));
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(7)]
    public void Byte_by_byte_it_wants_more_until_the_last(int recordLength)
    {
        var bytes = Cut(Real(ServerName, "istio"), recordLength);
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Equal(ClientHelloStatus.NeedMore, ClientHello.TryRead(bytes.AsSpan(0, length), out var none));
            Assert.Null(none);
        }

        Assert.Equal(ServerName, Read(bytes).ServerName);
    }

    [Fact]
    public void What_follows_the_hello_is_left_alone()
    {
        byte[] earlyData = [.. Real(), 23, 3, 3, 0, 2, 1, 2];

        Assert.Equal(ServerName, Read(earlyData).ServerName);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("\0\0\0\u0008\u0004\u00d2\u0016\u002f")]
    [InlineData("*1\r\n$4\r\nPING\r\n")]
    [InlineData("\u0080\u002e\u0001\u0003\u0001")]
    [InlineData("\u0016\u0002\0\0\u0005")]
    [InlineData("\u0015\u0003\u0001\0\u0002")]
    [InlineData("\u0017\u0003\u0003\0\u0002")]
    public void Another_protocol_is_known_by_its_first_bytes(string text)
    {
        // HTTP, PostgreSQL's SSLRequest, Redis, an SSL 2 hello, a record of SSL 2's days, an alert, data.
        var bytes = text.Select(c => (byte)c).ToArray();

        Assert.Equal(ClientHelloStatus.NotTls, ClientHello.TryRead(bytes, out _));
        Assert.Equal(bytes[0] == 22 ? ClientHelloStatus.NeedMore : ClientHelloStatus.NotTls, ClientHello.TryRead(bytes.AsSpan(0, 1), out _));
    }

    [Fact]
    public void Nothing_is_not_yet_anything() => Assert.Equal(ClientHelloStatus.NeedMore, ClientHello.TryRead([], out _));

    [Fact]
    public void A_handshake_that_does_not_begin_with_a_hello_is_malformed()
    {
        Malformed([22, 3, 1, 0, 4, 2, 0, 0, 0]);
        Malformed([22, 3, 1, 0, 1, 2]);
        Malformed([22, 3, 1, 0, 0]);
    }

    [Fact]
    public void A_hello_cannot_go_on_as_something_else()
    {
        var first = Cut(Real(), 100)[..105];

        Malformed([.. first, 23, 3, 3, 0, 1, 0]);
        Malformed([.. first, (byte)'G', (byte)'E', (byte)'T']);
        Malformed([.. first, 22, 2, 0, 0, 1, 0]);
        Malformed([.. first, 22, 3, 3, 0, 0]);
    }

    [Fact]
    public void An_oversized_hello_is_refused_as_soon_as_its_length_is_known()
    {
        Malformed([22, 3, 1, 0x40, 0, 1, 0, 0x3f, 0xfd]);
        Malformed([22, 3, 1, 0x40, 0, 1, 0xff, 0xff, 0xff]);
        Malformed([22, 3, 1, 0x40, 1]);
        Assert.Equal(ClientHelloStatus.NeedMore, ClientHello.TryRead([22, 3, 1, 0x40, 0, 1, 0, 0x3f, 0xfc], out _));
    }

    [Fact]
    public void The_largest_hello_there_may_be_is_read()
    {
        var room = ClientHello.MaximumLength - (Made([]).Length - 5);
        var padded = Made([.. Name("a.b"), .. Extension(21, new byte[room - Name("a.b").Length - 4])]);

        Assert.Equal(ClientHello.MaximumLength, padded.Length - 5);
        Assert.Equal("a.b", Read(padded).ServerName);
        Assert.Equal("a.b", Read(Cut(padded, 6)).ServerName);
    }

    [Fact]
    public void A_hello_in_crumbs_is_refused_when_the_headers_outweigh_it()
    {
        // Records of one byte: six bytes on the wire for each.
        var crumbs = Cut(Made(Extension(21, new byte[8000])), 1);

        Malformed(crumbs[..(2 * ClientHello.MaximumLength)]);
    }

    [Fact]
    public void GREASE_is_neither_a_version_nor_a_name_and_keeps_its_place_among_protocols()
    {
        var hello = Read(Made([
            .. Extension(0x1a1a), .. Versions(0xfafa, 0x0303, 0x0304, 0x7a7a), .. Alpn("\u00ca\u00ca", "h2"), .. Name("a.b"), .. Extension(0xdada, 0)]));

        Assert.Equal(("a.b", (ushort)0x0304), (hello.ServerName, hello.HighestVersion));
        Assert.Equal(["\u00ca\u00ca", "h2"], hello.AlpnProtocols.ToArray());
    }

    [Fact]
    public void A_hello_without_extensions_is_of_its_own_version()
    {
        Assert.Equal(0x0301, Read(Made(null, version: 0x0301)).HighestVersion);
        Assert.Equal(0x0303, Read(Made([])).HighestVersion);
    }

    [Fact]
    public void A_session_is_named_by_32_bytes_at_most()
    {
        Assert.Null(Read(Made([], sessionLength: 0)).ServerName);
        Malformed(Made([], sessionLength: 33));
    }

    [Fact]
    public void A_server_name_is_compared_in_lower_case() => Assert.Equal("db.shop.svc", Read(Made(Name("DB.Shop.SVC"))).ServerName);

    [Fact]
    public void A_name_of_another_kind_is_no_host_name() =>
        Assert.Null(Read(Made(Extension(0, Vector16([7, .. Vector16("a.svc"u8.ToArray())])))).ServerName);

    private static ClientHello Read(byte[] bytes)
    {
        Assert.Equal(ClientHelloStatus.Done, ClientHello.TryRead(bytes, out var hello));
        return hello!;
    }

    private static void Malformed(byte[] bytes) => Assert.Equal(ClientHelloStatus.Malformed, ClientHello.TryRead(bytes, out _));

    private static string Described(ClientHello hello) => $"{hello.ServerName} {string.Join(',', hello.AlpnProtocols)} {hello.HighestVersion:x}";
}
