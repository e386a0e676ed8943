using System.Security.Cryptography.X509Certificates;
using System.Text;
using Intercept.Xds.Certificates;

namespace Intercept.Tests.Unit.Xds.Certificates;

public sealed class TrustOverlapTests : IDisposable
{
    private static readonly DateTimeOffset _now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly SigningAuthority _a = new(_now, "a");
    private readonly SigningAuthority _b = new(_now, "b");
    private readonly SigningAuthority _ending = new(_now, "ending", TimeSpan.FromMinutes(3));
    private readonly TrustOverlap _trust = new();

    public TrustOverlapTests() => _trust.Observe(TimeSpan.FromMinutes(10));

    public void Dispose()
    {
        _a.Dispose();
        _b.Dispose();
        _ending.Dispose();
    }

    [Fact]
    public void A_root_that_is_not_announced_any_more_stays_as_long_as_certificates_live()
    {
        Announce(_now, ("", [_a]));
        Announce(_now.AddMinutes(1), ("", [_b]));
        Assert.Equal(["CN=b", "CN=a"], Names(""));
        Assert.Equal(_now.AddMinutes(11), _trust.NextRetirement);

        Assert.False(_trust.Retire(_now.AddMinutes(10)));
        Assert.True(_trust.Retire(_now.AddMinutes(11)));
        Assert.Equal(["CN=b"], Names(""));
        Assert.Null(_trust.NextRetirement);
    }

    [Fact]
    public void Announcing_again_what_is_there_does_not_prolong_what_leaves()
    {
        Announce(_now, ("", [_a]));
        Announce(_now, ("", [_b]));
        Announce(_now.AddMinutes(9), ("", [_b]));

        Assert.Equal(_now.AddMinutes(10), _trust.NextRetirement);
    }

    [Fact]
    public void A_root_that_comes_back_stays()
    {
        Announce(_now, ("", [_a]));
        Announce(_now, ("", [_b]));
        Announce(_now, ("", [_a, _b]));

        Assert.Equal(["CN=a", "CN=b"], Names(""));
        Assert.Null(_trust.NextRetirement);
    }

    [Fact]
    public void No_root_stays_beyond_its_own_end()
    {
        Announce(_now, ("", [_ending]));
        Announce(_now, ("", [_b]));

        Assert.Equal(_now.AddMinutes(3), _trust.NextRetirement);
    }

    [Fact]
    public void Without_a_certificate_of_our_own_a_root_stays_for_a_day()
    {
        var trust = new TrustOverlap();
        trust.Announce([new("example.org", [_a.Root])], _now);
        trust.Announce([new("example.org", [_b.Root])], _now);

        Assert.Equal(_now.AddHours(24), trust.NextRetirement);
    }

    [Fact]
    public void A_trust_domain_that_is_not_announced_any_more_is_gone_at_once()
    {
        Announce(_now, ("", [_a]), ("example.org", [_b]));
        Announce(_now, ("", [_a]));

        Assert.Equal([""], _trust.Bundles.Keys);
    }

    [Fact]
    public void Trust_domains_do_not_mix()
    {
        Announce(_now, ("", [_a]), ("example.org", [_b]));
        Announce(_now, ("", [_b]), ("example.org", [_b]));

        Assert.Equal(["CN=b", "CN=a"], Names(""));
        Assert.Equal(["CN=b"], Names("example.org"));
    }

    [Fact]
    public void A_root_that_is_announced_twice_stands_there_once()
    {
        Announce(_now, ("", [_a, _a]));

        Assert.Equal(["CN=a"], Names(""));
    }

    [Fact]
    public void A_source_that_changes_its_root_all_the_time_does_not_fill_the_memory()
    {
        for (var i = 0; i < 40; i++)
        {
            using var next = new SigningAuthority(_now, $"{i}");
            Announce(_now, ("", [next]));
        }

        Assert.Equal(17, Names("").Length);
        Assert.Equal(["CN=39", "CN=38"], Names("")[..2]);
    }

    private void Announce(DateTimeOffset now, params (string TrustDomain, SigningAuthority[] Authorities)[] bundles) => _trust.Announce(
        bundles.Select(bundle => KeyValuePair.Create(bundle.TrustDomain, new X509Certificate2Collection(bundle.Authorities.Select(authority => authority.Root).ToArray()))), now);

    private string[] Names(string trustDomain)
    {
        var roots = new X509Certificate2Collection();
        roots.ImportFromPem(Encoding.ASCII.GetString(_trust.Bundles[trustDomain].Span));
        return [.. roots.Select(root => root.Subject)];
    }
}
