using System.Security.Cryptography;
using Intercept.Runtime.Tls;

namespace Intercept.Tests.Unit.Runtime;

public sealed class TlsHandshakeTests : IDisposable
{
    private readonly TlsFixture _fixture = new();

    [Fact]
    public async Task Both_sides_learn_the_other_s_identity_and_end_in_good_order()
    {
        var alpn = new[] { "mesh", "h2" };
        using var server = _fixture.ServerContext(_fixture.Options(_fixture.Authority.Issue(TlsFixture.Server)) with { AlpnProtocols = [.. alpn] });
        using var client = _fixture.ClientContext(_fixture.Options(_fixture.Authority.Issue(TlsFixture.Client)) with { AlpnProtocols = ["mesh"] });
        Assert.Equal(TlsFixture.Server, server.LocalIdentity?.Text);
        var (atServer, atClient) = await _fixture.MeetAsync(server, client, "server.default.svc");
        Assert.Equal((TlsFixture.Client, TlsFixture.Server), (atServer.Peer, atClient.Peer));
        Assert.Equal(("TLSv1.3", "TLS_AES_128_GCM_SHA256", "mesh"), (atClient.Version, atClient.Cipher, atClient.Alpn));
        Assert.Equal(("mesh", "server.default.svc"), (atServer.Alpn, atServer.ServerName));

        // The server's close_notify came first, and the client could still answer.
        Assert.Equal("hello|end", atClient.Text);
        Assert.Equal("bye|end", atServer.Text);
    }

    [Fact]
    public async Task A_known_peer_costs_no_second_chain()
    {
        using var server = _fixture.ServerContext();
        using var client = _fixture.ClientContext();
        for (var round = 0; round < 3; round++)
        {
            Assert.Equal(TlsFixture.Client, (await _fixture.MeetAsync(server, client)).Server.Peer);
        }

        Assert.Equal((1, 1), (server.Verifier!.ChainsBuilt, client.Verifier!.ChainsBuilt));
    }

    [Fact]
    public async Task Connections_outlive_the_disposal_of_their_context()
    {
        var server = _fixture.ServerContext();
        using var client = _fixture.ClientContext();
        var meeting = _fixture.MeetAsync(server, client);
        await meeting;
        server.Dispose();
        Assert.Throws<ObjectDisposedException>(() => server.Native);
        using var next = _fixture.ServerContext();
        Assert.Equal("hello|end", (await _fixture.MeetAsync(next, client)).Client.Text);
    }

    [Theory]
    [InlineData(PeerVerdict.NoUriSan)]
    [InlineData(PeerVerdict.SeveralUriSans)]
    [InlineData(PeerVerdict.MalformedSpiffeId)]
    [InlineData(PeerVerdict.TrustDomainRefused)]
    [InlineData(PeerVerdict.SanRefused)]
    [InlineData(PeerVerdict.Expired)]
    [InlineData(PeerVerdict.NotYetValid)]
    [InlineData(PeerVerdict.ChainInvalid)]
    [InlineData(PeerVerdict.KeyTooSmall)]
    public async Task Refuses_a_client_and_tells_it_by_an_alert(PeerVerdict verdict)
    {
        using var server = _fixture.ServerContext();
        var refused = await ConnectRefusedAsync(server, verdict);
        Assert.Equal((HandshakeOutcome.PeerRefused, verdict), (refused.Server.Outcome, refused.Server.Verdict));
        Assert.Contains("alert", refused.ClientSaw, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData(PeerVerdict.NoUriSan)]
    [InlineData(PeerVerdict.SeveralUriSans)]
    [InlineData(PeerVerdict.TrustDomainRefused)]
    [InlineData(PeerVerdict.ChainInvalid)]
    public async Task Refuses_a_server_inside_the_handshake(PeerVerdict verdict)
    {
        using var other = new TestAuthority();
        var issuer = verdict == PeerVerdict.ChainInvalid ? other : _fixture.Authority;
        using var server = _fixture.ServerContext(_fixture.Options(issuer.Issue(UrisFor(verdict))));
        using var client = _fixture.ClientContext();
        var meeting = await _fixture.MeetAsync(server, client);
        Assert.Equal((HandshakeOutcome.PeerRefused, verdict), (meeting.Client.Handshake.Outcome, meeting.Client.Handshake.Verdict));
        Assert.Equal(HandshakeOutcome.RefusedByPeer, meeting.Server.Handshake.Outcome);
    }

    [Fact]
    public async Task Refuses_a_client_without_a_certificate()
    {
        using var server = _fixture.ServerContext();
        using var client = _fixture.ClientContext(_fixture.Options(null));
        var meeting = await _fixture.MeetAsync(server, client);
        Assert.Equal((HandshakeOutcome.PeerRefused, PeerVerdict.NoCertificate), (meeting.Server.Handshake.Outcome, meeting.Server.Handshake.Verdict));
        Assert.Contains("certificate required", meeting.Client.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Takes_a_client_without_a_certificate_where_one_is_only_requested()
    {
        using var server = _fixture.ServerContext(_fixture.Options(_fixture.Authority.Issue(TlsFixture.Server)) with { Peer = PeerCertificateMode.Requested });
        using var client = _fixture.ClientContext(_fixture.Options(null));
        var meeting = await _fixture.MeetAsync(server, client);
        Assert.True(meeting.Server.Handshake.IsCompleted);
        Assert.Null(meeting.Server.Peer);
        Assert.Equal("hello|end", meeting.Client.Text);
    }

    [Fact]
    public async Task Speaks_TLS_1_2_only_where_it_is_allowed()
    {
        var old = _fixture.Options(_fixture.Authority.Issue(TlsFixture.Client)) with { Minimum = TlsProtocol.Tls12, Maximum = TlsProtocol.Tls12 };
        using var client = _fixture.ClientContext(old);
        using (var strict = _fixture.ServerContext())
        {
            Assert.Equal(HandshakeOutcome.ProtocolError, (await _fixture.MeetAsync(strict, client)).Server.Handshake.Outcome);
        }

        using var lenient = _fixture.ServerContext(_fixture.Options(_fixture.Authority.Issue(TlsFixture.Server)) with { Minimum = TlsProtocol.Tls12 });
        var meeting = await _fixture.MeetAsync(lenient, client);
        Assert.Equal(("TLSv1.2", TlsFixture.Client, "bye|end"), (meeting.Server.Version, meeting.Server.Peer, meeting.Server.Text));
    }

    public void Dispose() => _fixture.Dispose();

    private static string[] UrisFor(PeerVerdict verdict) => verdict switch
    {
        PeerVerdict.NoUriSan => [],
        PeerVerdict.SeveralUriSans => [TlsFixture.Client, "spiffe://cluster.local/ns/default/sa/admin"],
        PeerVerdict.MalformedSpiffeId => ["https://cluster.local/ns/default/sa/client"],
        PeerVerdict.TrustDomainRefused => ["spiffe://other.domain/ns/default/sa/client"],
        PeerVerdict.SanRefused => ["spiffe://cluster.local/ns/default/sa/unwanted"],
        _ => [TlsFixture.Client],
    };

    /// <summary>
    /// The client's end is .NET's own, because our context would refuse to be built from such certificates.
    /// </summary>
    private async Task<(HandshakeResult Server, string ClientSaw)> ConnectRefusedAsync(TlsServerContext server, PeerVerdict verdict)
    {
        using var other = new TestAuthority();
        using var weak = RSA.Create(1024);
        var hour = TimeSpan.FromHours(1);
        var authority = verdict == PeerVerdict.ChainInvalid ? other : _fixture.Authority;
        var (chain, key) = authority.Issue(
            UrisFor(verdict),
            notBefore: verdict == PeerVerdict.NotYetValid ? hour : -3 * hour,
            notAfter: verdict == PeerVerdict.Expired ? -hour : 3 * hour,
            verdict == PeerVerdict.KeyTooSmall ? weak : null);
        return verdict == PeerVerdict.KeyTooSmall
            ? await ForeignClient.ConnectWithWeakKeyAsync(_fixture.Loop, server, chain, key)
            : await ForeignClient.ConnectAsync(_fixture.Loop, server, chain, key);
    }
}
