using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Intercept.Control.Authority;

namespace Intercept.Tests.Unit.Control.Authority;

public sealed class CertificateAuthorityTests : IDisposable
{
    private readonly AuthorityUnderTest _test = new();

    [Fact]
    public void Issues_for_a_day_where_nothing_is_asked_and_begins_two_minutes_ago()
    {
        using var issued = _test.Issue();

        Assert.Equal(_test.Clock.Now.AddMinutes(-2), issued.Validity.NotBefore);
        Assert.Equal(_test.Clock.Now.AddDays(1), issued.Validity.NotAfter);
        Assert.Equal(issued.Validity, Issuer.ValidityOf(issued.Leaf));
    }

    [Theory]
    [InlineData(60, 6)]
    [InlineData(10, 1)]
    [InlineData(1200, 120)]
    [InlineData(3600, 120)]
    public void Sets_a_short_life_back_by_a_tenth_so_that_its_half_lies_ahead(int life, int setBack)
    {
        using var issued = _test.Issue(TimeSpan.FromSeconds(life));

        Assert.Equal(_test.Clock.Now.AddSeconds(-setBack), issued.Validity.NotBefore);
        Assert.Equal(_test.Clock.Now.AddSeconds(life), issued.Validity.NotAfter);
        Assert.True(issued.Validity.Half > _test.Clock.Now);
    }

    [Fact]
    public void Gives_no_more_than_the_longest_life_whatever_is_asked()
    {
        using var issued = _test.Issue(TimeSpan.FromDays(400));

        Assert.Equal(_test.Clock.Now + _test.Options.MaximumLife, issued.Validity.NotAfter);
    }

    [Fact]
    public void Answers_with_leaf_intermediate_and_the_bundle_as_last_element()
    {
        using var issued = _test.Issue();

        Assert.Equal(3, issued.PemChain.Length);
        using var leaf = X509Certificate2.CreateFromPem(issued.PemChain[0]);
        using var intermediate = X509Certificate2.CreateFromPem(issued.PemChain[1]);
        using var root = X509Certificate2.CreateFromPem(issued.PemChain[2]);
        Assert.Equal(leaf.Issuer, intermediate.Subject);
        Assert.Equal(intermediate.Issuer, root.Subject);
        Assert.Equal(root.Issuer, root.Subject);
        Assert.Equal([.. leaf.RawData, .. intermediate.RawData], issued.DerChain);
        Assert.Equal(root.RawData, issued.Authority.Anchors.Der);
    }

    [Fact]
    public void Numbers_certificates_at_random()
    {
        var serials = Enumerable.Range(0, 64).Select(_ =>
        {
            using var issued = _test.Issue();
            return issued.Leaf.SerialNumber;
        }).ToHashSet();

        Assert.Equal(64, serials.Count);
        Assert.All(serials, serial => Assert.Equal(32, serial.Length));
    }

    [Fact]
    public void Signs_from_several_threads_at_once()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var publicKey = new PublicKey(key);
        Parallel.For(0, 64, _ =>
        {
            using var issued = _test.Authority.Issue(publicKey, AuthorityUnderTest.Web, TimeSpan.Zero);
            using var chain = ChainPolicy.NewChain([.. issued.Authority.Anchors.Roots], [.. issued.Authority.Chain], _test.Clock.Now, null);
            Assert.True(chain.Build(issued.Leaf), ChainPolicy.Describe(chain));
        });
    }

    [Theory]
    [InlineData(1, "allowed: 10 seconds or more")]
    [InlineData(3600 * 24 * 30, "by default, and")]
    public void Refuses_lives_that_do_not_fit_together(int defaultLife, string expected)
    {
        var options = _test.Options with { DefaultLife = TimeSpan.FromSeconds(defaultLife) };

        Assert.Contains(options.Complaints(), complaint => complaint.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void Refuses_lives_that_rotation_has_no_room_for()
    {
        var options = _test.Options with { MaximumLife = TimeSpan.FromDays(100), IntermediateLife = TimeSpan.FromDays(101), RootLife = TimeSpan.FromDays(100) };

        Assert.Equal(3, options.Complaints().Count());
    }

    public void Dispose() => _test.Dispose();
}
