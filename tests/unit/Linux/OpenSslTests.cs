using System.Security.Cryptography;
using System.Text;
using Intercept.Linux.OpenSsl;
using Intercept.Tests.Unit.Runtime;

namespace Intercept.Tests.Unit.Linux;

public sealed class OpenSslTests : IDisposable
{
    private readonly TestAuthority _authority = new();

    [Fact]
    public void A_certificate_tells_its_names_times_number_and_hash()
    {
        var (chain, _) = _authority.Issue([TlsFixture.Client, "https://example.com/x"], TimeSpan.FromHours(-2), TimeSpan.FromHours(3));
        using var list = CertificateList.TryParse(chain.Content.Span, out _)!;
        var leaf = list[0];
        using var same = System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPem(Encoding.ASCII.GetString(chain.Content.Span));

        Assert.Equal([TlsFixture.Client, "https://example.com/x"], leaf.UriNames());
        Assert.InRange(leaf.UntilValid.TotalMinutes, -121, -119);
        Assert.InRange(leaf.UntilExpiry.TotalMinutes, 179, 181);
        Assert.Equal(same.SerialNumber, leaf.SerialNumber, ignoreCase: true);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(same.RawData)), leaf.Hash().ToString());
        Assert.Equal((true, false), (leaf.HasStrongKey, leaf.MaySign));
    }

    [Fact]
    public void The_same_certificate_has_the_same_hash_and_another_has_another()
    {
        var (one, two) = (_authority.Issue(TlsFixture.Client).Chain, _authority.Issue(TlsFixture.Client).Chain);

        Assert.Equal(Hash(one.Content.Span), Hash(one.Content.Span));
        Assert.Equal(Hash(one.Content.Span).GetHashCode(), Hash(one.Content.Span).GetHashCode());
        Assert.NotEqual(Hash(one.Content.Span), Hash(two.Content.Span));

        static CertificateHash Hash(ReadOnlySpan<byte> pem)
        {
            using var list = CertificateList.TryParse(pem, out _)!;
            return list[0].Hash();
        }
    }

    [Fact]
    public void A_name_with_a_zero_in_it_is_not_cut_there()
    {
        using var list = CertificateList.TryParse(_authority.Issue("spiffe://cluster.local/a\0.evil").Chain.Content.Span, out _)!;

        Assert.Equal(["spiffe://cluster.local/a\0.evil"], list[0].UriNames());
    }

    [Fact]
    public void An_authority_may_sign_and_a_certificate_without_names_has_none()
    {
        using var authority = CertificateList.TryParse(_authority.Bundle.Content.Span, out _)!;
        using var nameless = CertificateList.TryParse(_authority.Issue([]).Chain.Content.Span, out _)!;

        Assert.Equal((true, 0), (authority[0].MaySign, authority[0].UriNames().Length));
        Assert.Empty(nameless[0].UriNames());
    }

    [Fact]
    public void A_list_is_read_in_order_over_text_keys_and_any_kind_of_line_end()
    {
        var (chain, key) = _authority.Issue(TlsFixture.Client);
        var text = $"# issued by the test\n{Ascii(chain)}\n{Ascii(key)}\nsubject=the root\n{Ascii(_authority.Bundle)}\ntrailing words\n";
        foreach (var pem in new[] { text, text.Replace("\n", "\r\n", StringComparison.Ordinal) })
        {
            using var list = CertificateList.TryParse(Encoding.ASCII.GetBytes(pem), out var failure);
            Assert.Equal(default, failure);
            Assert.Equal(2, list!.Count);
            Assert.Equal((false, true), (list[0].MaySign, list[1].MaySign));
        }
    }

    [Fact]
    public void A_key_of_every_usual_form_is_read_and_known_to_belong()
    {
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var rsa = RSA.Create(2048);
        var forms = new (AsymmetricAlgorithm Key, string Pem)[]
        {
            (curve, curve.ExportPkcs8PrivateKeyPem()), (curve, curve.ExportECPrivateKeyPem()), (rsa, rsa.ExportPkcs8PrivateKeyPem()), (rsa, rsa.ExportRSAPrivateKeyPem()),
        };
        foreach (var (key, pem) in forms)
        {
            using var chain = CertificateList.TryParse(_authority.Issue([TlsFixture.Client], key: key).Chain.Content.Span, out _)!;
            using var other = CertificateList.TryParse(_authority.Issue([TlsFixture.Client]).Chain.Content.Span, out _)!;
            using var read = PrivateKey.TryParse(Encoding.ASCII.GetBytes(pem), out var failure);

            Assert.Equal(default, failure);
            Assert.True(read!.Matches(chain[0]));
            Assert.False(read.Matches(other[0]));
        }
    }

    [Fact]
    public void A_failure_leaves_nothing_behind_for_the_next_call()
    {
        Assert.Null(PrivateKey.TryParse("nonsense"u8, out var first));
        Assert.NotEqual(0, first.Reason);
        Assert.NotEmpty(first.Text);

        var (chain, key) = _authority.Issue(TlsFixture.Client);
        using var good = PrivateKey.TryParse(key.Content.Span, out var second);
        using var list = CertificateList.TryParse(chain.Content.Span, out var third);
        Assert.Equal((default, default), (second, third));
        Assert.NotNull(good);
        Assert.NotNull(list);
    }

    [Fact]
    public void A_key_alone_is_no_certificate_and_a_certificate_alone_no_key()
    {
        var (chain, key) = _authority.Issue(TlsFixture.Client);

        Assert.Null(CertificateList.TryParse(key.Content.Span, out var noCertificate));
        Assert.NotEqual(0, noCertificate.Reason);
        Assert.Null(PrivateKey.TryParse(chain.Content.Span, out var noKey));
        Assert.NotEqual(0, noKey.Reason);
    }

    [Theory]
    [InlineData(1116, 116)]
    [InlineData(1001, 1)]
    [InlineData(1000, 0)]
    [InlineData(1256, 0)]
    [InlineData(0, 0)]
    [InlineData(OpenSslError.VerificationFailed, 0)]
    public void An_alert_of_the_peer_is_told_from_an_error_of_our_own(int reason, int alert) =>
        Assert.Equal(alert, new OpenSslError(reason, "").PeerAlert);

    [Fact]
    public void A_chain_error_has_OpenSSL_s_words() => Assert.Equal(
        ("ok", "certificate has expired", "certificate is not yet valid"),
        (ChainError.Describe(ChainError.None), ChainError.Describe(ChainError.Expired), ChainError.Describe(ChainError.NotYetValid)));

    public void Dispose() => _authority.Dispose();

    private static string Ascii(Intercept.Runtime.Tls.PemFile file) => Encoding.ASCII.GetString(file.Content.Span);
}
