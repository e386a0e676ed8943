using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text;
using Intercept.Runtime.Tls;
using Intercept.Tests.Netns.Proxy.World;
using Intercept.Tests.Unit.Runtime;

namespace Intercept.Tests.Netns.Proxy;

/// <summary>STRICT, PERMISSIVE and DISABLE, and every peer that must not get in.</summary>
public sealed class MutualTlsTests : ProxyTest
{
    private const string Client = "spiffe://cluster.local/ns/test/sa/client";

    [Fact]
    public async Task Serves_a_peer_of_the_mesh_and_names_both_identities()
    {
        await StartStrictAsync();
        using (var client = await Peer.ConnectAsync(Proxy.Port))
        {
            await using var tls = await Peer.SecureAsync(client, Proxy.Authority.Issue(Client));
            Assert.Equal("hello", await Peer.AskAsync(tls, "hello"));
        }

        var line = await Proxy.LineAsync(line => line.GetProperty("bytes_sent").GetInt64() == 5);
        Assert.Equal(Client, line.GetProperty("source.principal").GetString());
        Assert.Equal("spiffe://cluster.local/ns/test/sa/server", line.GetProperty("destination.principal").GetString());
        Assert.Equal("TLSv1.3", line.GetProperty("downstream_tls_version").GetString());
    }

    public static TheoryData<string, string> BadPeers => new()
    {
        { "expired", "Expired" },
        { "not yet valid", "NotYetValid" },
        { "other authority", "ChainInvalid" },
        { "other trust domain", "TrustDomainRefused" },
        { "two URI names", "SeveralUriSans" },
        { "no URI name", "NoUriSan" },
        { "not a SPIFFE ID", "MalformedSpiffeId" },
        { "RSA of 1024 bits", "KeyTooSmall" },
    };

    [Theory]
    [MemberData(nameof(BadPeers))]
    public async Task Refuses_a_peer_with_a_bad_certificate(string kind, string verdict)
    {
        await StartStrictAsync();
        using var other = new TestAuthority();
        using var weak = RSA.Create(1024);
        var credential = kind switch
        {
            "expired" => Proxy.Authority.Issue([Client], TimeSpan.FromHours(-2), TimeSpan.FromHours(-1)),
            "not yet valid" => Proxy.Authority.Issue([Client], TimeSpan.FromHours(1), TimeSpan.FromHours(2)),
            "other authority" => other.Issue(Client),
            "other trust domain" => Proxy.Authority.Issue("spiffe://elsewhere.example/ns/test/sa/client"),
            "two URI names" => Proxy.Authority.Issue([Client, "spiffe://cluster.local/ns/test/sa/admin"]),
            "no URI name" => Proxy.Authority.Issue([]),
            "not a SPIFFE ID" => Proxy.Authority.Issue("https://cluster.local/ns/test/sa/client"),
            _ => Proxy.Authority.Issue([Client], key: weak),
        };

        var detail = kind == "RSA of 1024 bits" ? await TryWithOpenSslAsync(credential) : await TryAsync(credential);

        Assert.Equal("", detail);
        var line = await Proxy.LineAsync("tls_downstream_peer_refused");
        Assert.StartsWith(verdict, line.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("downstream", line.GetProperty("blame").GetString());
        Assert.Equal(0, Echo.Accepted);
    }

    [Fact]
    public async Task Refuses_a_client_without_a_certificate()
    {
        await StartStrictAsync();
        Assert.Equal("", await TryAsync(null));
        await Proxy.LineAsync("tls_downstream_no_certificate");
        Assert.Equal(0, Echo.Accepted);
    }

    [Fact]
    public async Task Refuses_plaintext_on_a_strict_port()
    {
        await StartStrictAsync();
        using var client = await Peer.ConnectAsync(Proxy.Port);
        Assert.Equal("", await Peer.AskAsync(client.GetStream(), "GET / HTTP/1.1\r\n\r\n"));
        await Proxy.LineAsync("tls_downstream_plaintext_refused");
        Assert.Equal(0, Echo.Accepted);
    }

    [Fact]
    public async Task Refuses_tls_1_2_unless_it_is_allowed()
    {
        await StartStrictAsync();
        using var client = await Peer.ConnectAsync(Proxy.Port);
        await Assert.ThrowsAnyAsync<Exception>(() => Peer.SecureAsync(client, Proxy.Authority.Issue(Client), SslProtocols.Tls12));
        await Proxy.LineAsync("tls_downstream_handshake_failed");
    }

    [Fact]
    public async Task Closes_a_peer_that_connects_and_says_nothing()
    {
        await StartStrictAsync(handshakeTimeout: "0.5s");
        using var client = await Peer.ConnectAsync(Proxy.Port);
        await Peer.EndOfAsync(client.GetStream());
        await Proxy.LineAsync("tls_downstream_handshake_timeout");
    }

    [Fact]
    public async Task Closes_a_peer_that_stops_in_the_middle_of_its_hello()
    {
        await StartStrictAsync(handshakeTimeout: "0.5s");
        using var client = await Peer.ConnectAsync(Proxy.Port);
        await client.GetStream().WriteAsync(new byte[] { 22, 3, 1, 0, 200, 1, 0, 0 });
        await Peer.EndOfAsync(client.GetStream());
        await Proxy.LineAsync("tls_downstream_handshake_timeout");
    }

    [Fact]
    public async Task Permissive_serves_plaintext_and_mutual_tls_on_one_port()
    {
        await StartPermissiveAsync();
        using var plain = await Peer.ConnectAsync(Proxy.Port);
        Assert.Equal("plain", await Peer.AskAsync(plain.GetStream(), "plain"));
        using var secured = await Peer.ConnectAsync(Proxy.Port);
        await using var tls = await Peer.SecureAsync(secured, Proxy.Authority.Issue(Client), serverName: "some.name");
        Assert.Equal("secured", await Peer.AskAsync(tls, "secured"));
        plain.Close();
        secured.Close();
        Assert.Equal("plaintext", (await Proxy.LineAsync(line => line.GetProperty("bytes_sent").GetInt64() == 5)).GetProperty("filter_chain").GetString());
        var line = await Proxy.LineAsync(line => line.GetProperty("bytes_sent").GetInt64() == 7);
        Assert.Equal("mtls", line.GetProperty("filter_chain").GetString());
        Assert.Equal("some.name", line.GetProperty("requested_server_name").GetString());
    }

    [Fact]
    public async Task Permissive_still_refuses_a_tls_client_without_a_certificate()
    {
        await StartPermissiveAsync();
        Assert.Equal("", await TryAsync(null));
        await Proxy.LineAsync("tls_downstream_no_certificate");
    }

    [Fact]
    public async Task Recognizes_a_hello_that_comes_one_byte_at_a_time()
    {
        await StartPermissiveAsync();
        using var client = await Peer.ConnectAsync(Proxy.Port);
        await using var slow = new OneByteAtATime(client.GetStream());
        await using var tls = new SslStream(slow);
        try
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "",
                RemoteCertificateValidationCallback = static (_, _, _, _) => true,
            }).WaitAsync(Patience.WithAProgram);
        }
        catch (IOException)
        {
            // Refused while the client's last bytes were on their way.
        }

        // Not plaintext: it was recognized, and lacked a certificate.
        await Proxy.LineAsync("tls_downstream_no_certificate");
    }

    [Fact]
    public async Task Refuses_an_oversized_hello()
    {
        await StartPermissiveAsync();
        using var client = await Peer.ConnectAsync(Proxy.Port);
        byte[] hello = [22, 3, 1, 0x40, 0, 1, 0, 0xff, 0xff, .. new byte[16 * 1024]];
        try
        {
            await client.GetStream().WriteAsync(hello);
        }
        catch (IOException)
        {
            // Closed while it was sent.
        }

        await Peer.EndOfAsync(client.GetStream());
        await Proxy.LineAsync("tls_downstream_handshake_failed");
        Assert.Equal(0, Echo.Accepted);
    }

    [Fact]
    public async Task Does_not_wait_for_the_client_where_its_first_bytes_decide_nothing()
    {
        using var banner = new Backend(async client =>
        {
            await client.GetStream().WriteAsync("220 ready"u8.ToArray());
            await Backend.EchoAsync(client);
        });
        await Proxy.StartAsync(Bootstrap.Of(
            [Bootstrap.Listener("inbound", [Bootstrap.Chain("plaintext", "app")], filters: Bootstrap.TlsInspector)],
            [Bootstrap.Cluster("app", banner.Port)]));
        using var client = await Peer.ConnectAsync(Proxy.Port);
        var buffer = new byte[9];

        // listener_filters_timeout is 15 s: whoever waits for the client is late.
        await client.GetStream().ReadExactlyAsync(buffer).AsTask().WaitAsync(Patience.WithAProgram);
        Assert.Equal("220 ready", Encoding.ASCII.GetString(buffer));
    }

    private Task StartStrictAsync(string handshakeTimeout = "10s") =>
        Proxy.StartAsync(Bootstrap.Of(
            [Bootstrap.Listener("inbound", [Bootstrap.Chain("strict", "app", Bootstrap.DownstreamTls(Proxy.Files, handshakeTimeout))])],
            [Bootstrap.Cluster("app", Echo.Port)]));

    private Task StartPermissiveAsync() =>
        Proxy.StartAsync(Bootstrap.Of(
            [
                Bootstrap.Listener(
                    "inbound",
                    [
                        Bootstrap.Chain("mtls", "app", Bootstrap.DownstreamTls(Proxy.Files), match: "transport_protocol: tls"),
                        Bootstrap.Chain("plaintext", "app", match: "transport_protocol: raw_buffer"),
                    ],
                    filters: Bootstrap.TlsInspector),
            ],
            [Bootstrap.Cluster("app", Echo.Port)]));

    /// <summary>What a peer gets back: nothing, where it is refused.</summary>
    private async Task<string> TryAsync((PemFile Chain, PemFile Key)? credential)
    {
        using var client = await Peer.ConnectAsync(Proxy.Port);
        try
        {
            await using var tls = await Peer.SecureAsync(client, credential);
            return await Peer.AskAsync(tls, "let me in");
        }
        catch (Exception refused) when (refused is AuthenticationException or IOException)
        {
            return "";
        }
    }

    /// <summary>openssl shows a weak key where .NET would not.</summary>
    private async Task<string> TryWithOpenSslAsync((PemFile Chain, PemFile Key) credential)
    {
        var chain = Path.Combine(Proxy.Folder, "weak.pem");
        var key = Path.Combine(Proxy.Folder, "weak.key");
        CertificateFolder.Put(chain, credential.Chain);
        CertificateFolder.Put(key, credential.Key);
        var finished = await Capture.World.Programs.RunAsync(
            "openssl", ["s_client", "-connect", $"127.0.0.1:{Proxy.Port}", "-cert", chain, "-key", key, "-cipher", "ALL:@SECLEVEL=0", "-tls1_3", "-quiet", "-no_ign_eof"], "let me in");
        return finished.Output;
    }

    private sealed class OneByteAtATime(Stream inner) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer.AsMemory(offset, count)).AsTask().Wait();

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            for (var index = 0; index < buffer.Length; index++)
            {
                await inner.WriteAsync(buffer.Slice(index, 1), cancellationToken);
                if (index % 64 == 0)
                {
                    await Task.Delay(1, cancellationToken);
                }
            }
        }
    }
}
