using System.Buffers.Text;
using System.Text;
using Intercept.Control.Authentication;
using Intercept.Core.Identity;
using Intercept.Tests.Unit.Control.Authority;

namespace Intercept.Tests.Unit.Control.Authentication;

public sealed class JoinTokensTests : IDisposable
{
    private const string Web = "spiffe://cluster.local/ns/shop/sa/web";
    private const string Header = """{"alg":"ES256","kid":"KID","typ":"intercept-join+jwt"}""";

    private readonly ScratchFolder _scratch = new();
    private readonly TestClock _clock = new();
    private readonly TokenKey _key;
    private readonly JoinTokens _tokens;

    public JoinTokensTests()
    {
        _key = TokenKey.OpenOrCreate(_scratch.State);
        _tokens = new JoinTokens(_key, AuthorityUnderTest.Domain("cluster.local"), _clock);
    }

    [Fact]
    public void Reads_what_it_made_until_it_ends()
    {
        var token = _tokens.Create(AuthorityUnderTest.Web, TimeSpan.FromHours(1));

        Assert.True(JoinTokens.IsOne(token));
        Assert.True(Read(token, out var identity, out _));
        Assert.Equal(AuthorityUnderTest.Web, identity);

        _clock.Advance(TimeSpan.FromHours(1) - TimeSpan.FromSeconds(1));
        Assert.True(Read(token, out _, out _));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(Read(token, out _, out var why));
        Assert.StartsWith("ended at 2026-01-01 13:00:00Z", why, StringComparison.Ordinal);
    }

    [Fact]
    public void Keeps_its_key_over_a_restart()
    {
        var token = _tokens.Create(AuthorityUnderTest.Web, TimeSpan.FromHours(1));
        using var again = TokenKey.OpenOrCreate(_scratch.State);

        Assert.True(new JoinTokens(again, AuthorityUnderTest.Domain("cluster.local"), _clock).TryRead(token, out _, out _));
    }

    [Fact]
    public void Refuses_the_token_of_another_control_plane()
    {
        using var other = TokenKey.OpenOrCreate(_scratch.At("other"));
        var token = new JoinTokens(other, AuthorityUnderTest.Domain("cluster.local"), _clock).Create(AuthorityUnderTest.Web, TimeSpan.FromHours(1));

        Assert.False(Read(token, out _, out var why));
        Assert.Equal("is signed by another key than ours", why);
    }

    [Fact]
    public void Refuses_a_token_that_was_changed_anywhere()
    {
        var token = _tokens.Create(AuthorityUnderTest.Web, TimeSpan.FromHours(1));
        for (var at = 0; at < token.Length; at++)
        {
            var changed = token.ToCharArray();
            changed[at] = changed[at] == 'A' ? 'B' : 'A';

            Assert.False(Read(new string(changed), out _, out _), $"changed at {at}");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a.b")]
    [InlineData("not a token at all")]
    [InlineData("eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.")]
    public void Refuses_what_is_no_token(string token)
    {
        Assert.False(JoinTokens.IsOne(token));
        Assert.False(Read(token, out _, out var why));
        Assert.NotEmpty(why!);
    }

    [Fact]
    public void Refuses_what_is_endless() => Assert.False(Read(new string('A', 1 << 20), out _, out _));

    // Each signed with the right key: only what it says is wrong.
    [Theory]
    [InlineData("""{"alg":"none","kid":"KID","typ":"intercept-join+jwt"}""", "has another header than we write")]
    [InlineData("""{"alg":"HS256","kid":"KID","typ":"intercept-join+jwt"}""", "has another header than we write")]
    [InlineData("""{"alg":"ES384","kid":"KID","typ":"intercept-join+jwt"}""", "has another header than we write")]
    [InlineData("""{"alg":"ES256","kid":"KID","typ":"JWT"}""", "has another header than we write")]
    [InlineData("""{"alg":"ES256","kid":"KID","typ":"intercept-join+jwt","crit":["exp"]}""", "has another header than we write")]
    [InlineData("""{"alg":"ES256","kid":"KID","typ":"intercept-join+jwt","jwk":1}""", "has another header than we write")]
    [InlineData("""{"alg":"ES256","alg":"none","kid":"KID","typ":"intercept-join+jwt"}""", "holds something that is not written here")]
    [InlineData("""{"alg":"ES256","kid":"KID"}""", "has another header than we write")]
    [InlineData("""{"alg":"ES256","kid":"other","typ":"intercept-join+jwt"}""", "is signed by another key than ours")]
    [InlineData("""["alg"]""", "holds something that is not written here")]
    public void Refuses_another_header(string header, string expected) =>
        Refuses(header, Claims(), expected);

    [Theory]
    [InlineData("""{"aud":"istio-ca","exp":1767272400,"iat":1767268800,"jti":"1","sub":"spiffe://cluster.local/ns/shop/sa/web"}""", "is for another purpose")]
    [InlineData("""{"aud":["intercept-control"],"exp":1767272400,"iat":1767268800,"jti":"1","sub":"spiffe://cluster.local/ns/shop/sa/web"}""", "holds something")]
    [InlineData("""{"aud":"intercept-control","exp":1767268800,"iat":1767268800,"jti":"1","sub":"spiffe://cluster.local/ns/shop/sa/web"}""", "ended at")]
    [InlineData("""{"aud":"intercept-control","exp":-1,"iat":1767268800,"jti":"1","sub":"spiffe://cluster.local/ns/shop/sa/web"}""", "ended at")]
    [InlineData("""{"aud":"intercept-control","exp":9223372036854775807,"iat":1767269000,"jti":"1","sub":"spiffe://cluster.local/ns/shop/sa/web"}""", "begins at")]
    [InlineData("""{"aud":"intercept-control","exp":"never","iat":1767268800,"jti":"1","sub":"spiffe://cluster.local/ns/shop/sa/web"}""", "holds something")]
    [InlineData("""{"aud":"intercept-control","exp":1e300,"iat":1767268800,"jti":"1","sub":"spiffe://cluster.local/ns/shop/sa/web"}""", "holds something")]
    [InlineData("""{"aud":"intercept-control","iat":1767268800,"jti":"1","sub":"spiffe://cluster.local/ns/shop/sa/web"}""", "holds something")]
    [InlineData("""{"aud":"intercept-control","exp":1767272400,"iat":1767268800,"jti":"1","sub":"spiffe://other.example/ns/shop/sa/web"}""", "is for the trust domain other.example")]
    [InlineData("""{"aud":"intercept-control","exp":1767272400,"iat":1767268800,"jti":"1","sub":"spiffe://cluster.local"}""", "names no workload's SPIFFE ID")]
    [InlineData("""{"aud":"intercept-control","exp":1767272400,"iat":1767268800,"jti":"1","sub":"web"}""", "names no workload's SPIFFE ID")]
    [InlineData("""{"aud":"intercept-control","exp":1767272400,"iat":1767268800,"jti":"1","sub":null}""", "names no workload's SPIFFE ID")]
    [InlineData("""{"aud":"intercept-control","exp":1767272400,"iat":1767268800,"jti":"1","sub":"spiffe://cluster.local/ns/shop/sa/web","admin":true}""", "is for another purpose")]
    [InlineData("""{"aud":"intercept-control","exp":1767272400,"exp":1867272400,"iat":1767268800,"sub":"spiffe://cluster.local/ns/shop/sa/web"}""", "holds something")]
    [InlineData("null", "holds something")]
    public void Refuses_other_claims(string claims, string expected) => Refuses(Header, claims, expected);

    [Fact]
    public void Takes_the_claims_that_the_bad_ones_are_made_of() => Assert.True(Read(Signed(Header, Claims()), out _, out var why), why);

    [Fact]
    public void Refuses_a_token_with_a_signature_as_certificates_have_it()
    {
        var parts = Signed(Header, Claims()).Split('.');
        var signature = Base64Url.DecodeFromChars(parts[2]);
        var padded = Base64Url.EncodeToString([0x30, 0x44, 0x02, 0x20, .. signature[..32], 0x02, 0x20, .. signature[32..]]);

        Assert.False(Read($"{parts[0]}.{parts[1]}.{padded}", out _, out _));
    }

    public void Dispose()
    {
        _key.Dispose();
        _scratch.Dispose();
    }

    private static string Claims() =>
        $$"""{"aud":"intercept-control","exp":1767272400,"iat":1767268800,"jti":"1","sub":"{{Web}}"}""";

    private void Refuses(string header, string claims, string expected)
    {
        Assert.False(Read(Signed(header, claims), out var identity, out var why));
        Assert.Null(identity);
        Assert.StartsWith(expected, why, StringComparison.Ordinal);
    }

    private string Signed(string header, string claims)
    {
        var signed = $"{Text(header.Replace("KID", _key.Id, StringComparison.Ordinal))}.{Text(claims)}";
        return $"{signed}.{Base64Url.EncodeToString(_key.Sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    private static string Text(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

    private bool Read(string token, out SpiffeId? identity, out string? why) => _tokens.TryRead(token, out identity, out why);
}
