using System.Security.Cryptography.X509Certificates;
using Intercept.Control.Authority;

namespace Intercept.Tests.Unit.Control.Authority;

public sealed class RotationTests : IDisposable
{
    private static readonly TimeSpan _day = TimeSpan.FromDays(1);

    // A root of 100 days: the next one comes after 80.
    private readonly AuthorityUnderTest _test = new(options => options with
    {
        RootLife = TimeSpan.FromDays(100),
        IntermediateLife = TimeSpan.FromDays(20),
        MaximumLife = TimeSpan.FromDays(5),
    });

    [Fact]
    public void Distributes_a_new_root_in_the_last_fifth_of_the_old_ones_life_and_goes_on_signing_with_the_old_one()
    {
        var first = Signer();
        Pass(79 * _day);
        _ = Assert.Single(Bundle());
        _test.Issue(5 * _day).Dispose();
        Pass(2 * _day);

        Assert.Equal(2, Bundle().Length);
        Assert.Equal(first, Signer());
    }

    [Fact]
    public void Signs_with_the_new_root_once_every_certificate_has_ended_that_was_issued_without_it()
    {
        var first = Signer();
        using var before = _test.Issue(5 * _day);
        _test.AskForRotation();
        Pass(TimeSpan.FromSeconds(2));
        Assert.Equal(2, Bundle().Length);

        _test.Clock.Advance(before.Validity.NotAfter - _test.Clock.Now);
        _test.Source.Check();
        Assert.Equal(first, Signer());

        // The note on disk has a quarter of a life to spare, and clocks differ.
        Pass((5 * _day / 4) + TimeSpan.FromMinutes(3));
        Assert.NotEqual(first, Signer());
    }

    [Fact]
    public void Keeps_the_old_root_in_the_bundle_until_nothing_is_valid_that_it_signed()
    {
        var first = Signer();
        _test.Issue().Dispose();
        _test.AskForRotation();
        Pass(30 * TimeSpan.FromHours(1));
        using var last = _test.Issue(5 * _day);
        Assert.Equal(first, last.Authority.Chain[^1].Issuer);
        Pass(2 * TimeSpan.FromHours(1));
        Assert.NotEqual(first, Signer());

        _test.Clock.Advance(last.Validity.NotAfter - _test.Clock.Now);
        _test.Source.Check();
        Assert.Contains(first, Bundle());
        Pass(2 * _day);
        Assert.DoesNotContain(first, Bundle());
    }

    [Fact]
    public void Forgets_the_keys_of_a_root_that_signs_no_more()
    {
        _test.Issue().Dispose();
        _test.AskForRotation();
        Pass(TimeSpan.FromHours(29));
        _test.Issue().Dispose();
        Pass(TimeSpan.FromHours(2));

        var retired = Assert.Single(AuthorityState.Read(_test.Folder.Read(OwnAuthority.StateName)!, "state").Retired);
        Assert.Null(retired.Key);
        Assert.Null(retired.IntermediateKey);
    }

    [Fact]
    public void Makes_one_new_root_however_often_it_is_asked()
    {
        _test.Issue().Dispose();
        _test.AskForRotation();
        _test.Source.Check();
        _test.AskForRotation();
        _test.Source.Check();

        Assert.Equal(2, Bundle().Length);
        Assert.False(_test.Folder.Exists(OwnAuthority.RotationRequestName));
    }

    [Fact]
    public void Renews_the_intermediate_at_half_of_its_life_and_still_knows_the_leaves_of_the_last_one()
    {
        var before = _test.Source.Current.Issuer.Certificate.Thumbprint;
        Pass(9 * _day);
        Assert.Equal(before, _test.Source.Current.Issuer.Certificate.Thumbprint);
        Pass(2 * _day);

        Assert.NotEqual(before, _test.Source.Current.Issuer.Certificate.Thumbprint);
        Assert.Contains(before, _test.Source.Current.Anchors.Intermediates.Select(intermediate => intermediate.Thumbprint));
        _ = Assert.Single(Bundle());
    }

    [Fact]
    public void Comes_back_from_years_of_standing_still_with_a_root_that_is_valid()
    {
        var first = Signer();
        _test.Issue().Dispose();
        _test.Clock.Advance(1000 * _day);
        _test.Restart();
        using var issued = _test.Issue();

        Assert.NotEqual(first, Signer());
        Assert.Equal(_test.Clock.Now + _day, issued.Validity.NotAfter);
        _ = Assert.Single(Bundle());
    }

    [Fact]
    public async Task Tells_those_who_wait_for_other_roots()
    {
        var before = _test.Source.Current.Anchors;
        _test.Issue().Dispose();
        _test.Source.Check();
        Assert.False(before.Superseded.IsCompleted);

        _test.AskForRotation();
        _test.Source.Check();
        await before.Superseded.WaitAsync(Patience.WithATask);
    }

    // Five proxies with lives of their own over two and a half lives of roots, and a restart each day: at no time is there a pair of
    // them that does not trust each other by what each was last given.
    [Fact]
    public void At_no_time_do_two_proxies_distrust_each_other()
    {
        TimeSpan[] lives = [TimeSpan.FromHours(12), _day, 2 * _day, 3 * _day, 5 * _day];
        var held = new (IssuedCertificate Certificate, string[] Roots)[lives.Length];
        var signers = new HashSet<string>();
        for (var hour = 0; hour < 250 * 24; hour += 6)
        {
            if (hour % 24 == 0)
            {
                _test.Restart();
            }

            _test.Source.Check();
            for (var proxy = 0; proxy < lives.Length; proxy++)
            {
                if (held[proxy].Certificate is not { } current || _test.Clock.Now >= current.Validity.Half)
                {
                    held[proxy].Certificate?.Dispose();
                    held[proxy] = (_test.Issue(lives[proxy]), Bundle());
                }
            }

            foreach (var (certificate, _) in held)
            {
                Assert.True(certificate.Validity.NotAfter > _test.Clock.Now);
                _ = signers.Add(certificate.Authority.Chain[^1].Issuer);
                Assert.All(held, other => Assert.Contains(certificate.Authority.Chain[^1].Issuer, other.Roots));
            }

            _test.Clock.Advance(TimeSpan.FromHours(6));
        }

        Assert.Equal(4, signers.Count);
    }

    // Killed at each write of a rotation in turn, then started again.
    [Theory]
    [InlineData("written")]
    [InlineData("renamed")]
    public void A_rotation_that_is_killed_at_any_write_goes_on_where_it_stood(string step)
    {
        using var issued = _test.Issue();
        var first = Signer();
        _test.AskForRotation();
        for (var kills = 0; Signer() == first || Bundle().Contains(first); kills++)
        {
            Assert.True(kills < 100, "the rotation does not end");
            var armed = false;
            _test.Restart(reached => Killed.At(armed ? reached : "", step));
            armed = true;
            try
            {
                _test.Clock.Advance(TimeSpan.FromHours(3));
                _test.Source.Check();
            }
            catch (Killed)
            {
                _test.Restart();
                _test.Source.Check();
            }

            if (_test.Clock.Now <= issued.Validity.NotAfter)
            {
                Assert.Contains(first, Bundle());
            }

            Assert.InRange(Bundle().Length, 1, 2);
        }

        Assert.True(_test.Clock.Now > issued.Validity.NotAfter);
    }

    public void Dispose() => _test.Dispose();

    private string Signer() => _test.Source.Current.Issuer.Certificate.Issuer;

    private string[] Bundle()
    {
        var roots = new X509Certificate2Collection();
        roots.ImportFromPem(_test.Source.Current.Anchors.Pem);
        return [.. roots.Select(root => root.Subject)];
    }

    private void Pass(TimeSpan time)
    {
        _test.Clock.Advance(time);
        _test.Source.Check();
    }
}
