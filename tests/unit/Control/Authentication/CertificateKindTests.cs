using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Intercept.Control.Authentication;
using Intercept.Control.Serving.Callers;
using Intercept.Tests.Unit.Control.Authority;

namespace Intercept.Tests.Unit.Control.Authentication;

public sealed class CertificateKindTests : IDisposable
{
    private readonly AuthorityUnderTest _test = new(options => options with
    {
        RootLife = TimeSpan.FromDays(100),
        IntermediateLife = TimeSpan.FromDays(20),
        MaximumLife = TimeSpan.FromDays(5),
    });

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    [Fact]
    public async Task Knows_the_holder_of_a_certificate_of_ours()
    {
        using var issued = _test.Issue();
        var caller = await CallerAsync(issued.Leaf);

        Assert.Null(caller.Refusal);
        Assert.Equal(AuthorityUnderTest.Web, Assert.Single(caller.Identities));
    }

    [Fact]
    public async Task Still_knows_it_when_another_intermediate_signs()
    {
        _test.Clock.Advance(TimeSpan.FromDays(9));
        using var issued = _test.Issue(TimeSpan.FromDays(5));
        _test.Clock.Advance(TimeSpan.FromDays(2));
        _test.Source.Check();

        Assert.NotEqual(issued.Leaf.Issuer, _test.Source.Current.Issuer.Certificate.Subject);
        Assert.Null((await CallerAsync(issued.Leaf)).Refusal);
        _test.Restart();
        Assert.Null((await CallerAsync(issued.Leaf)).Refusal);
    }

    [Fact]
    public async Task Still_knows_it_when_another_root_signs()
    {
        _test.Issue().Dispose();
        _test.AskForRotation();
        _test.Source.Check();
        _test.Clock.Advance(TimeSpan.FromHours(29));
        using var issued = _test.Issue();
        _test.Clock.Advance(TimeSpan.FromHours(2));
        _test.Source.Check();

        Assert.NotEqual(issued.Authority.Chain[^1].Issuer, _test.Source.Current.Issuer.Certificate.Issuer);
        Assert.Null((await CallerAsync(issued.Leaf)).Refusal);
    }

    [Fact]
    public async Task Refuses_one_that_has_ended()
    {
        using var issued = _test.Issue();
        _test.Clock.Advance(TimeSpan.FromHours(24) + TimeSpan.FromSeconds(1));

        Assert.Contains("not any more: NotTimeValid", (await CallerAsync(issued.Leaf)).Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_the_certificate_of_our_own_port()
    {
        using var server = _test.Authority.IssueServer(new PublicKey(_key));

        Assert.Contains("NotValidForUsage", (await CallerAsync(server.Leaf)).Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_one_that_somebody_else_issued_by_the_same_names()
    {
        using var other = new AuthorityUnderTest();
        using var issued = other.Issue();

        Assert.Contains("is not one of ours", (await CallerAsync(issued.Leaf)).Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_the_certificates_of_the_authority_itself()
    {
        Assert.NotNull((await CallerAsync(_test.Source.Current.Issuer.Certificate)).Refusal);
        Assert.NotNull((await CallerAsync(_test.Source.Current.Anchors.Roots[0])).Refusal);
    }

    [Fact]
    public async Task Refuses_one_of_another_trust_domain_below_the_same_root()
    {
        using var issued = _test.Authority.Issue(new PublicKey(_key), AuthorityUnderTest.Id("spiffe://other.example/ns/shop/sa/web"), TimeSpan.Zero);

        Assert.Equal("its certificate is for the trust domain other.example", (await CallerAsync(issued.Leaf)).Refusal);
    }

    [Fact]
    public async Task Has_no_say_without_a_certificate() =>
        Assert.Null(await new CertificateKind(_test.Authority, _test.Clock).TryAuthenticateAsync(new(true, null, null, "token", null), CancellationToken.None));

    public void Dispose()
    {
        _key.Dispose();
        _test.Dispose();
    }

    private async Task<Caller> CallerAsync(X509Certificate2 certificate) => Assert.IsType<Caller>(
        await new CertificateKind(_test.Authority, _test.Clock).TryAuthenticateAsync(new(true, null, certificate, null, null), CancellationToken.None));
}
