using Intercept.Runtime.Tls;
using static Intercept.Tests.Unit.Runtime.HelloBytes;

namespace Intercept.Tests.Unit.Runtime;

/// <summary>Hellos that no client sends: none may choose a filter chain, none may be read beyond its end.</summary>
public sealed class DamagedHelloTests
{
    [Fact]
    public void A_server_name_that_could_deceive_makes_the_hello_malformed()
    {
        Malformed(Made(Name("")));
        Malformed(Made(Name("good.svc\0.evil")));
        Malformed(Made(Name("bücher.svc")));
        Malformed(Made([.. Name("a.svc"), .. Name("b.svc")]));
        Malformed(Made(Extension(0, Vector16([0, .. Vector16("a.svc"u8.ToArray()), 0, .. Vector16("b.svc"u8.ToArray())]))));
        Malformed(Made(Extension(0, [.. Vector16([0, .. Vector16("a.svc"u8.ToArray())]), 9])));
    }

    [Fact]
    public void Lengths_that_lie_make_the_hello_malformed()
    {
        // One byte too long, and one too short, at every length in turn.
        var good = Made([.. Name("a.b"), .. Alpn("h2"), .. Versions(0x0304)]);
        var header = 5 + 4 + 2 + 32;
        foreach (var at in new[] { header, header + 34, header + 39, header + 42, header + 46, header + 48, header + 51 })
        {
            var longer = (byte[])good.Clone();
            longer[at]++;
            Malformed(longer);
            var shorter = (byte[])good.Clone();
            shorter[at] = (byte)Math.Max(0, shorter[at] - 1);
            Malformed(shorter);
        }
    }

    [Fact]
    public void Empty_lists_and_empty_protocols_make_the_hello_malformed()
    {
        Malformed(Made(Extension(16, Vector16([0]))));
        Malformed(Made(Extension(16)));
        Malformed(Made(Extension(43)));
        Malformed(Made(Extension(43, 1, 3)));
        Malformed(Made(Extension(0)));
        Malformed(Made(Extension(0, Vector16([]))));
    }

    [Fact]
    public void An_extension_given_twice_makes_the_hello_malformed()
    {
        Malformed(Made([.. Alpn("h2"), .. Alpn("istio")]));
        Malformed(Made([.. Versions(0x0303), .. Versions(0x0304)]));
        Malformed(Made([.. Alpn("h2")[..^3], .. "\u0002h2"u8, 0, 16, 0, 0]));
    }

    [Fact]
    public void Bytes_behind_a_list_make_the_hello_malformed()
    {
        Malformed(Made(Extension(16, [.. Vector16("\u0002h2"u8.ToArray()), 0])));
        Malformed(Made(Extension(43, 2, 3, 4, 0)));
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public void Whatever_is_done_to_a_hello_it_is_answered_and_never_read_beyond(int seed)
    {
        var random = new Random(seed);
        byte[][] sources = [Real(ServerName, "h2", "istio"), Cut(Real(ServerName), 40), Made([.. Name("a.b"), .. Alpn("h2", "x"), .. Versions(0x0304)])];
        var statuses = new int[4];
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = Damage(sources[random.Next(sources.Length)], random);

            // A span of just these bytes: reading beyond it throws.
            var status = ClientHello.TryRead(bytes, out var hello);
            statuses[(int)status]++;
            Assert.Equal(status == ClientHelloStatus.Done, hello is not null);

            // What is decided stays decided, whatever follows.
            if (status is ClientHelloStatus.NotTls or ClientHelloStatus.Done)
            {
                Assert.Equal(status, ClientHello.TryRead([.. bytes, .. sources[0]], out _));
            }
        }

        Assert.All(statuses, count => Assert.True(count > 20, string.Join(", ", statuses)));
    }

    private static byte[] Damage(byte[] source, Random random)
    {
        var bytes = source.ToList();
        for (var hits = random.Next(1, 4); hits > 0; hits--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 5), bytes.Count - Math.Max(1, at)));
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(8, bytes.Count - at)));
                    break;
                case 4:
                    bytes[random.Next(Math.Min(12, bytes.Count))] = (byte)random.Next(256);
                    break;
                default:
                    bytes.RemoveRange(at + 1, bytes.Count - at - 1);
                    break;
            }
        }

        return [.. bytes];
    }

    private static void Malformed(byte[] bytes) => Assert.Equal(ClientHelloStatus.Malformed, ClientHello.TryRead(bytes, out _));
}
