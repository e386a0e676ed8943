using System.Security.Cryptography.X509Certificates;
using Intercept.Runtime.Tls;

namespace Intercept.Tests.Unit.Runtime;

/// <summary>Peers that TlsHandshakeTests does not meet, and how long a known one is known.</summary>
public sealed class PeerVerifierTests : IDisposable
{
    private readonly TlsFixture _fixture = new();

    [Theory]
    [InlineData("spiffe://cluster.local/ns/default//sa")]
    [InlineData("spiffe://cluster.local/ns/default/sa/client/")]
    [InlineData("spiffe://user@cluster.local/ns/default/sa/client")]
    [InlineData("spiffe://cluster.local:8443/ns/default/sa/client")]
    [InlineData("spiffe://cluster.local/ns/default/sa/client?x=1")]
    [InlineData("spiffe://cluster.local/ns/default/sa/client#x")]
    [InlineData("spiffe://cluster.local/ns/default/sa/%63lient")]
    [InlineData("urn:spiffe:cluster.local")]
    public async Task Refuses_a_client_whose_URI_is_no_SPIFFE_ID(string uri) =>
        Assert.Equal(PeerVerdict.MalformedSpiffeId, (await RefusedAsync(_fixture.Authority.Issue(uri))).Verdict);

    [Fact]
    public async Task Refuses_a_client_whose_certificate_is_for_servers_only()
    {
        var options = new TestAuthority.LeafOptions { Purposes = [TestAuthority.LeafOptions.ServerAuthentication] };
        var refused = await RefusedAsync(_fixture.Authority.Issue([TlsFixture.Client], options: options));

        Assert.Equal(PeerVerdict.ChainInvalid, refused.Verdict);
        Assert.Contains("purpose", refused.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_a_client_that_shows_the_certificate_of_an_authority() => Assert.Equal(
        PeerVerdict.SigningCertificate,
        (await RefusedAsync(_fixture.Authority.Issue([TlsFixture.Client], options: new TestAuthority.LeafOptions { IsAuthority = true }))).Verdict);

    [Theory]
    [InlineData(X509KeyUsageFlags.KeyCertSign)]
    [InlineData(X509KeyUsageFlags.CrlSign)]
    public async Task Refuses_a_client_whose_certificate_may_sign_others(X509KeyUsageFlags usage)
    {
        var options = new TestAuthority.LeafOptions { KeyUsage = X509KeyUsageFlags.DigitalSignature | usage };

        Assert.Equal(PeerVerdict.SigningCertificate, (await RefusedAsync(_fixture.Authority.Issue([TlsFixture.Client], options: options))).Verdict);
    }

    [Fact]
    public async Task Refuses_everyone_when_the_rule_itself_fails()
    {
        using var server = _fixture.ServerContext(_fixture.Options(_fixture.Authority.Issue(TlsFixture.Server)) with
        {
            PeerRule = static (id, _) => throw new FormatException($"no rule for {id}"),
        });
        var refused = await RefusedAsync(_fixture.Authority.Issue(TlsFixture.Client), server);

        Assert.Equal(PeerVerdict.InternalError, refused.Verdict);
        Assert.Contains("no rule for spiffe://cluster.local/ns/default/sa/client", refused.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_peer_is_known_only_as_long_as_its_chain_is_valid()
    {
        var clock = new Clock();
        Assert.True(TlsServerContext.TryBuild(_fixture.Options(_fixture.Authority.Issue(TlsFixture.Server)), clock, out var server, out _));
        using (server)
        using (var client = _fixture.ClientContext())
        {
            for (var round = 0; round < 2; round++)
            {
                Assert.True((await _fixture.MeetAsync(server, client)).Server.Handshake.IsCompleted);
            }

            Assert.Equal(1, server.Verifier!.ChainsBuilt);
            clock.Ahead = TimeSpan.FromMinutes(61);
            Assert.True((await _fixture.MeetAsync(server, client)).Server.Handshake.IsCompleted);
            Assert.Equal(2, server.Verifier.ChainsBuilt);
        }
    }

    [Fact]
    public async Task A_refused_peer_is_not_remembered_as_a_good_one()
    {
        using var server = _fixture.ServerContext();
        var credential = _fixture.Authority.Issue("spiffe://other.domain/ns/default/sa/client");
        for (var round = 0; round < 2; round++)
        {
            Assert.Equal(PeerVerdict.TrustDomainRefused, (await RefusedAsync(credential, server)).Verdict);
        }

        Assert.Equal(2, server.Verifier!.ChainsBuilt);
    }

    [Fact]
    public async Task A_refusal_does_not_stick_to_the_next_peer()
    {
        using var server = _fixture.ServerContext();
        using var client = _fixture.ClientContext();
        Assert.Equal(PeerVerdict.TrustDomainRefused, (await RefusedAsync(_fixture.Authority.Issue("spiffe://other.domain/a"), server)).Verdict);

        var meeting = await _fixture.MeetAsync(server, client);
        Assert.Equal((PeerVerdict.Accepted, TlsFixture.Client), (meeting.Server.Handshake.Verdict, meeting.Server.Peer));
    }

    public void Dispose() => _fixture.Dispose();

    private async Task<HandshakeResult> RefusedAsync((PemFile Chain, PemFile Key) credential, TlsServerContext? server = null)
    {
        using var own = server is null ? _fixture.ServerContext() : null;
        var (refused, saw) = await ForeignClient.ConnectAsync(_fixture.Loop, server ?? own!, credential.Chain, credential.Key);
        Assert.Equal(HandshakeOutcome.PeerRefused, refused.Outcome);
        Assert.Contains("alert", saw, StringComparison.OrdinalIgnoreCase);
        return refused;
    }

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
    }
}
