using System.Collections.Immutable;
using Intercept.Runtime.Tls;

namespace Intercept.Tests.Unit.Runtime;

/// <summary>A peer is verified with the trust bundle of its own trust domain, and with no other (SPIFFE Trust Domain and Bundle 4.6).</summary>
public sealed class TrustDomainTests : IDisposable
{
    private const string Own = "cluster.local";
    private const string OfPartner = "spiffe://partner/ns/default/sa/client";

    private readonly TlsFixture _fixture = new();
    private readonly TestAuthority _partner = new();

    [Fact]
    public async Task Accepts_each_peer_with_the_bundle_of_its_own_trust_domain()
    {
        using var server = Server((Own, _fixture.Authority), ("partner", _partner));

        Assert.Equal(TlsFixture.Client, (await MeetAsync(server, _fixture.Authority.Issue(TlsFixture.Client))).Server.Peer);
        Assert.Equal(OfPartner, (await MeetAsync(server, _partner.Issue(OfPartner))).Server.Peer);
    }

    [Fact]
    public async Task Refuses_an_identity_that_the_authority_of_another_trust_domain_issued()
    {
        using var server = Server((Own, _fixture.Authority), ("partner", _partner));

        Assert.Equal(PeerVerdict.ChainInvalid, await RefusedAsync(server, _partner.Issue(TlsFixture.Client)));
        Assert.Equal(PeerVerdict.ChainInvalid, await RefusedAsync(server, _fixture.Authority.Issue(OfPartner)));
    }

    [Fact]
    public async Task Refuses_a_trust_domain_that_it_has_no_bundle_of()
    {
        using var server = Server((Own, _fixture.Authority));

        Assert.Equal(PeerVerdict.TrustDomainRefused, await RefusedAsync(server, _fixture.Authority.Issue(OfPartner)));
    }

    [Fact]
    public async Task Refuses_a_peer_without_an_identity_before_any_bundle_is_chosen()
    {
        using var server = Server((Own, _fixture.Authority));

        Assert.Equal(PeerVerdict.NoUriSan, await RefusedAsync(server, _fixture.Authority.Issue([])));
    }

    [Fact]
    public async Task The_unnamed_bundle_is_that_of_our_own_trust_domain()
    {
        using var server = Server(("", _fixture.Authority), ("partner", _partner));

        Assert.Equal(TlsFixture.Client, (await MeetAsync(server, _fixture.Authority.Issue(TlsFixture.Client))).Server.Peer);
        Assert.Equal(PeerVerdict.ChainInvalid, await RefusedAsync(server, _fixture.Authority.Issue(OfPartner)));
        Assert.Equal(PeerVerdict.TrustDomainRefused, await RefusedAsync(server, _fixture.Authority.Issue("spiffe://third/a")));
    }

    [Fact]
    public async Task Old_and_new_roots_overlap_in_one_bundle()
    {
        using var next = new TestAuthority();
        var both = TestAuthority.Pem("both.pem", Text(_fixture.Authority) + "\n" + Text(next));
        using var server = _fixture.ServerContext(_fixture.Options(_fixture.Authority.Issue(TlsFixture.Server)) with
        {
            TrustBundle = null,
            TrustBundles = ImmutableDictionary<string, PemFile>.Empty.Add(Own, both),
            PeerRule = static (_, _) => PeerVerdict.Accepted,
        });

        Assert.Equal(TlsFixture.Client, (await MeetAsync(server, _fixture.Authority.Issue(TlsFixture.Client))).Server.Peer);
        Assert.Equal(TlsFixture.Client, (await MeetAsync(server, next.Issue(TlsFixture.Client))).Server.Peer);
        Assert.Equal(PeerVerdict.ChainInvalid, await RefusedAsync(server, _partner.Issue(TlsFixture.Client)));
    }

    [Fact]
    public async Task A_peer_that_is_known_under_one_rule_is_asked_about_by_the_rule_of_every_connection()
    {
        using var server = _fixture.ServerContext();
        using var client = _fixture.ClientContext();
        Assert.True((await _fixture.MeetAsync(server, client)).Client.Handshake.IsCompleted);

        var refused = await _fixture.MeetAsync(server, client, rule: static (_, _) => PeerVerdict.SanRefused);
        Assert.Equal((HandshakeOutcome.PeerRefused, PeerVerdict.SanRefused), (refused.Client.Handshake.Outcome, refused.Client.Handshake.Verdict));

        Assert.True((await _fixture.MeetAsync(server, client)).Client.Handshake.IsCompleted);
        Assert.Equal(1, client.Verifier!.ChainsBuilt);
    }

    public void Dispose()
    {
        _fixture.Dispose();
        _partner.Dispose();
    }

    private static string Text(TestAuthority authority) => System.Text.Encoding.ASCII.GetString(authority.Bundle.Content.Span);

    private TlsServerContext Server(params (string Domain, TestAuthority Authority)[] bundles) =>
        _fixture.ServerContext(_fixture.Options(_fixture.Authority.Issue(TlsFixture.Server)) with
        {
            TrustBundle = null,
            TrustBundles = bundles.ToImmutableDictionary(bundle => bundle.Domain, bundle => bundle.Authority.Bundle),
            PeerRule = static (_, _) => PeerVerdict.Accepted,
        });

    private async Task<TlsFixture.TlsMeeting> MeetAsync(TlsServerContext server, (PemFile Chain, PemFile Key) credential)
    {
        using var client = _fixture.ClientContext(_fixture.Options(credential));
        return await _fixture.MeetAsync(server, client);
    }

    private async Task<PeerVerdict> RefusedAsync(TlsServerContext server, (PemFile Chain, PemFile Key) credential)
    {
        var (refused, _) = await ForeignClient.ConnectAsync(_fixture.Loop, server, credential.Chain, credential.Key);
        Assert.Equal(HandshakeOutcome.PeerRefused, refused.Outcome);
        return refused.Verdict;
    }
}
