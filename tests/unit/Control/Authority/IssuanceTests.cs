using Intercept.Control.Authentication;
using Intercept.Control.Authority;
using Intercept.Control.Serving.Callers;
using Intercept.Linux.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Intercept.Tests.Unit.Control.Authority;

public sealed class IssuanceTests : IDisposable
{
    private const string Web = "spiffe://cluster.local/ns/shop/sa/web";
    private const string Database = "spiffe://cluster.local/ns/shop/sa/db";
    private const string Node = "spiffe://cluster.local/ns/istio-system/sa/ztunnel";

    private readonly AuthorityUnderTest _test = new();
    private readonly Issuance _issuance;

    public IssuanceTests()
    {
        var callers = new CallerAuthenticator([new UnixPeerKind(
            [Rule(1, Web), Rule(2, Web), Rule(2, Database), Rule(3, Node), Rule(4, "spiffe://other.example/ns/shop/sa/web")])]);
        _issuance = new Issuance(
            _test.Authority, callers, new Impersonation([AuthorityUnderTest.Id(Node)], placement: null), new AuthorityStatistics(), NullLogger.Instance);
    }

    [Theory]
    [InlineData(1, null, null, Web)]
    [InlineData(1, Web, null, Web)]
    [InlineData(2, null, null, Web)]
    [InlineData(2, Database, null, Database)]
    [InlineData(3, Web, Web, Web)]
    [InlineData(3, null, Web, Web)]
    public async Task Issues_what_the_caller_holds(int user, string? asked, string? impersonated, string expected)
    {
        var result = await IssueAsync(user, asked, impersonated);

        using var certificate = Assert.IsType<IssuedCertificate>(result.Certificate);
        Assert.True(AlternativeNames.TryRead(certificate.Leaf.Extensions, out var identity, out _));
        Assert.Equal(expected, identity?.Text);
        Assert.Equal(1, _issuance.Statistics.Issued);
    }

    [Theory]
    [InlineData(9, null, null, RefusalReason.Unauthenticated, "no rule is about user 9")]
    [InlineData(1, Database, null, RefusalReason.IdentityNotHeld, "it asks for " + Database)]
    [InlineData(4, null, null, RefusalReason.IdentityNotHeld, "is of another trust domain")]
    [InlineData(1, null, Database, RefusalReason.Impersonation, "it is no listed node account")]
    [InlineData(1, null, Web, RefusalReason.Impersonation, "it is no listed node account")]
    [InlineData(3, Database, Web, RefusalReason.Impersonation, "in the name of")]
    [InlineData(3, null, "", RefusalReason.Impersonation, "is no SPIFFE ID")]
    [InlineData(3, null, "spiffe://other.example/ns/shop/sa/web", RefusalReason.Impersonation, "that is another trust domain")]
    internal async Task Refuses_what_the_caller_does_not_hold(int user, string? asked, string? impersonated, RefusalReason reason, string expected)
    {
        var result = await IssueAsync(user, asked, impersonated);

        Assert.Null(result.Certificate);
        Assert.Equal(reason, result.Reason);
        Assert.Contains(expected, result.Why, StringComparison.Ordinal);
        Assert.Equal(1, _issuance.Statistics.Refused(reason));
        Assert.Equal(0, _issuance.Statistics.Issued);
    }

    [Fact]
    public async Task Refuses_a_caller_that_may_act_as_everybody_and_is_nobody()
    {
        var issuance = new Issuance(_test.Authority, new Everybody(), Impersonation.Nobody, new AuthorityStatistics(), NullLogger.Instance);
        var result = await issuance.IssueAsync(Peer(0), Requests.Good(Web), null, TimeSpan.Zero, CancellationToken.None);

        Assert.Equal(RefusalReason.IdentityNotHeld, result.Reason);
    }

    [Fact]
    public async Task Says_what_is_wrong_with_a_request()
    {
        var result = await _issuance.IssueAsync(Peer(1), "nonsense", null, TimeSpan.Zero, CancellationToken.None);

        Assert.Equal(RefusalReason.BadRequest, result.Reason);
        Assert.StartsWith("the certificate request is not one PEM block", result.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_as_its_own_fault_what_it_cannot_write_down()
    {
        _test.Restart(_ => throw new IOException("No space left on device"));
        var issuance = new Issuance(
            _test.Authority, new CallerAuthenticator([new UnixPeerKind([Rule(1, Web)])]), Impersonation.Nobody, new AuthorityStatistics(), NullLogger.Instance);
        var result = await issuance.IssueAsync(Peer(1), Requests.Good(Web), null, TimeSpan.Zero, CancellationToken.None);

        Assert.Equal(RefusalReason.Failed, result.Reason);
    }

    public void Dispose() => _test.Dispose();

    private static CallerCredentials Peer(int user) => new(IsTls: false, null, null, null, new PeerCredentials(1, (uint)user, 0));

    private static UnixPeerRule Rule(uint user, string identity) => new(user, null, AuthorityUnderTest.Id(identity));

    private ValueTask<IssuanceResult> IssueAsync(int user, string? asked, string? impersonated) => _issuance.IssueAsync(
        Peer(user), asked is null ? Requests.Good() : Requests.Good(asked), impersonated, TimeSpan.Zero, CancellationToken.None);

    private sealed class Everybody : ICallerAuthenticator
    {
        public ValueTask<Caller> AuthenticateAsync(CallerCredentials credentials, CancellationToken cancellation) =>
            ValueTask.FromResult(new Caller { Description = "uid 0", Identities = [], IsUnrestricted = true });
    }
}
