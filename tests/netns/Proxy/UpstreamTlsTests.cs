using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Intercept.Runtime.Tls;
using Intercept.Tests.Netns.Proxy.World;
using Intercept.Tests.Unit.Runtime;

namespace Intercept.Tests.Netns.Proxy;

/// <summary>What the proxy opens in mTLS goes to whom it is meant for, or nowhere.</summary>
public sealed class UpstreamTlsTests : ProxyTest
{
    private const string Server = "spiffe://cluster.local/ns/test/sa/api";

    [Fact]
    public async Task Speaks_to_the_upstream_that_was_meant_and_names_both_identities()
    {
        using var api = TlsBackend(Proxy.Authority.Issue(Server));
        await StartAsync(api.Port);
        using (var client = await Peer.ConnectAsync(Proxy.Port))
        {
            Assert.Equal("hello", await Peer.AskAsync(client.GetStream(), "hello"));
        }

        var line = await Proxy.LineAsync(line => line.GetProperty("bytes_sent").GetInt64() == 5);
        Assert.Equal("spiffe://cluster.local/ns/test/sa/server", line.GetProperty("source.principal").GetString());
        Assert.Equal(Server, line.GetProperty("destination.principal").GetString());
        Assert.Equal("TLSv1.3", line.GetProperty("upstream_tls_version").GetString());
    }

    public static TheoryData<string, string> BadUpstreams => new()
    {
        { "another identity", "SanRefused" },
        { "another trust domain", "TrustDomainRefused" },
        { "another authority", "ChainInvalid" },
        { "expired", "Expired" },
        { "no URI name", "NoUriSan" },
    };

    [Theory]
    [MemberData(nameof(BadUpstreams))]
    public async Task Sends_nothing_to_an_upstream_that_is_not_whom_it_should_be(string kind, string verdict)
    {
        using var other = new TestAuthority();
        var credential = kind switch
        {
            "another identity" => Proxy.Authority.Issue("spiffe://cluster.local/ns/test/sa/impostor"),
            "another trust domain" => Proxy.Authority.Issue("spiffe://elsewhere.example/ns/test/sa/api"),
            "another authority" => other.Issue(Server),
            "expired" => Proxy.Authority.Issue([Server], TimeSpan.FromHours(-2), TimeSpan.FromHours(-1)),
            _ => Proxy.Authority.Issue([]),
        };
        var heard = new List<string>();
        using var api = TlsBackend(credential, heard);
        await StartAsync(api.Port);
        Assert.Equal("", await Peer.AskOnceAsync(Proxy.Port, "a secret"));
        var line = await Proxy.LineAsync("tls_upstream_peer_refused");
        Assert.StartsWith(verdict, line.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Empty(heard);
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("max_session_keys: 0", 0)]
    public async Task Resumes_sessions_unless_told_not_to(string sessions, int resumed)
    {
        // Another proxy as the upstream: .NET's server offers no sessions to clients with certificates.
        await using var upstream = new RunningProxy();
        await upstream.StartAsync(Bootstrap.Of(
            [Bootstrap.Listener("inbound", [Bootstrap.Chain("strict", "app", Bootstrap.DownstreamTls(upstream.Files))])], [Bootstrap.Cluster("app", Echo.Port)]));
        CertificateFolder.Put(Proxy.Files.Bundle, upstream.Authority.Bundle);
        Proxy.Files.Rotate(upstream.Authority.Issue("spiffe://cluster.local/ns/test/sa/client"));
        var admin = Backend.ClosedPort();
        await Proxy.StartAsync(
            $"admin: {{ address: {{ socket_address: {{ address: 127.0.0.1, port_value: {admin} }} }} }}\n" + Bootstrap.Of(
                [Bootstrap.Listener("outbound", [Bootstrap.Chain("mesh", "api")], direction: "OUTBOUND")],
                [Bootstrap.Cluster("api", upstream.Port, extra: Bootstrap.UpstreamTls(Proxy.Files, "spiffe://cluster.local/ns/test/sa/server", sessions))]));
        for (var count = 0; count < 2; count++)
        {
            using var client = await Peer.ConnectAsync(Proxy.Port);
            Assert.Equal("hello", await Peer.AskAsync(client.GetStream(), "hello"));
        }

        using var http = new HttpClient();
        Assert.Contains(
            $"cluster.api.ssl.session_reused: {resumed}\n", await http.GetStringAsync(new Uri($"http://127.0.0.1:{admin}/stats")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Never_falls_back_to_clear_text()
    {
        var heard = new StringBuilder();
        using var plain = new Backend(async client =>
        {
            var buffer = new byte[4096];
            for (int got; (got = await client.GetStream().ReadAsync(buffer)) > 0;)
            {
                heard.Append(Encoding.Latin1.GetString(buffer, 0, got));
                await client.GetStream().WriteAsync("what?"u8.ToArray());
            }
        });
        await StartAsync(plain.Port);
        Assert.Equal("", await Peer.AskOnceAsync(Proxy.Port, "a secret"));
        await Proxy.LineAsync("tls_upstream_handshake_failed");
        Assert.DoesNotContain("a secret", heard.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_upstream_that_accepts_and_says_nothing_times_out()
    {
        using var silent = new Backend(async client => await Peer.EndOfAsync(client.GetStream()));
        await StartAsync(silent.Port, connectTimeout: "0.5s");
        Assert.Equal("", await Peer.AskOnceAsync(Proxy.Port, "hello"));
        await Proxy.LineAsync("tls_upstream_handshake_timeout");
    }

    private Task StartAsync(int port, string connectTimeout = "5s") =>
        Proxy.StartAsync(Bootstrap.Of(
            [Bootstrap.Listener("outbound", [Bootstrap.Chain("mesh", "api")], direction: "OUTBOUND")],
            [Bootstrap.Cluster("api", port, connectTimeout: connectTimeout, extra: Bootstrap.UpstreamTls(Proxy.Files, Server))]));

    private static Backend TlsBackend((PemFile Chain, PemFile Key) credential, List<string>? heard = null) => new(async client =>
    {
        using var bare = X509Certificate2.CreateFromPem(Encoding.ASCII.GetString(credential.Chain.Content.Span), Encoding.ASCII.GetString(credential.Key.Content.Span));
        using var certificate = X509CertificateLoader.LoadPkcs12(bare.Export(X509ContentType.Pkcs12), null);
        await using var tls = new SslStream(client.GetStream(), leaveInnerStreamOpen: true);
        try
        {
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true),
                ClientCertificateRequired = true,
                RemoteCertificateValidationCallback = static (_, _, _, _) => true,
            });
            var buffer = new byte[4096];
            for (int got; (got = await tls.ReadAsync(buffer)) > 0;)
            {
                heard?.Add(Encoding.ASCII.GetString(buffer, 0, got));
                await tls.WriteAsync(buffer.AsMemory(0, got));
            }

            await tls.ShutdownAsync();
            client.Client.Shutdown(SocketShutdown.Send);
        }
        catch (AuthenticationException)
        {
            // The proxy refused us.
        }
    });
}
