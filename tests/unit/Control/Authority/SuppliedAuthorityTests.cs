using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Intercept.Control.Authority;
using Microsoft.Extensions.Logging.Abstractions;

namespace Intercept.Tests.Unit.Control.Authority;

public sealed class SuppliedAuthorityTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();
    private readonly TestClock _clock = new();
    private readonly ForeignAuthority _root;
    private readonly ForeignAuthority _middle;

    public SuppliedAuthorityTests()
    {
        _root = ForeignAuthority.Root("root", ECDsa.Create(ECCurve.NamedCurves.nistP384), _clock.Now);
        _middle = _root.Below("middle", ECDsa.Create(ECCurve.NamedCurves.nistP256));
    }

    public static TheoryData<string> Keys => ["ecdsa", "rsa", "pkcs1", "sec1"];

    [Theory]
    [MemberData(nameof(Keys))]
    public void Signs_with_any_sound_key(string kind)
    {
        using AsymmetricAlgorithm key = kind is "rsa" or "pkcs1" ? RSA.Create(2048) : ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var signer = _middle.Below("signer", key);
        Supply(signer, signer.Pem + _middle.Pem + _root.Pem, kind switch
        {
            "pkcs1" => ((RSA)key).ExportRSAPrivateKeyPem(),
            "sec1" => ((ECDsa)key).ExportECPrivateKeyPem(),
            _ => key.ExportPkcs8PrivateKeyPem(),
        });
        using var issued = Issue();

        // The root is not sent with each leaf: whoever checks has it.
        Assert.Equal([signer.Certificate.Subject, _middle.Certificate.Subject], issued.Authority.Chain.Select(certificate => certificate.Subject));
        using var chain = ChainPolicy.NewChain([_root.Certificate], [.. issued.Authority.Chain], _clock.Now, new("1.3.6.1.5.5.7.3.2"));
        Assert.True(chain.Build(issued.Leaf), ChainPolicy.Describe(chain));
    }

    [Fact]
    public void Signs_with_a_root_alone()
    {
        Supply(_root, chain: null, _root.Key.ExportPkcs8PrivateKeyPem());
        using var issued = Issue();

        Assert.Equal(2, issued.PemChain.Length);
        Assert.Equal(_root.Certificate.Subject, issued.Leaf.Issuer);
    }

    [Fact]
    public void Hands_out_every_root_that_is_supplied()
    {
        using var other = ForeignAuthority.Root("other", ECDsa.Create(ECCurve.NamedCurves.nistP256), _clock.Now);
        Supply(_middle, _middle.Pem, _middle.Key.ExportPkcs8PrivateKeyPem(), roots: _root.Pem + other.Pem);

        Assert.Equal(2, Open().Current.Anchors.Roots.Length);
    }

    [Fact]
    public void Ends_a_certificate_with_the_one_that_signed_it()
    {
        Supply(_middle, _middle.Pem, _middle.Key.ExportPkcs8PrivateKeyPem());
        _clock.Advance(_middle.Certificate.NotAfter - _clock.Now.LocalDateTime - TimeSpan.FromHours(5));
        using var issued = Issue();

        Assert.Equal(_clock.Now.AddHours(5), issued.Validity.NotAfter);
    }

    [Fact]
    public void Signs_nothing_after_its_end()
    {
        Supply(_middle, _middle.Pem, _middle.Key.ExportPkcs8PrivateKeyPem());
        var source = Open();
        _clock.Advance(TimeSpan.FromDays(1000));

        Assert.Contains("ended at", Assert.Throws<AuthorityException>(() => Issue(source)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reads_its_files_again_when_they_change_and_tells_who_waits_for_roots()
    {
        Supply(_middle, _middle.Pem, _middle.Key.ExportPkcs8PrivateKeyPem());
        var source = Open();
        var before = source.Current.Anchors;
        using var other = ForeignAuthority.Root("other", ECDsa.Create(ECCurve.NamedCurves.nistP256), _clock.Now);
        Supply(other, chain: null, other.Key.ExportPkcs8PrivateKeyPem(), roots: other.Pem + _root.Pem);
        source.Check();

        Assert.Equal(other.Certificate.Subject, source.Current.Issuer.Certificate.Subject);
        await before.Superseded.WaitAsync(Patience.WithATask);
    }

    [Fact]
    public void Keeps_the_last_good_one_while_new_files_do_not_fit_together()
    {
        Supply(_middle, _middle.Pem, _middle.Key.ExportPkcs8PrivateKeyPem());
        var source = Open();
        var before = source.Current;
        File.WriteAllText(_scratch.At("ca-cert.pem"), _root.Pem);
        source.Check();
        Assert.Same(before, source.Current);

        Supply(_root, chain: null, _root.Key.ExportPkcs8PrivateKeyPem());
        source.Check();
        Assert.Equal(_root.Certificate.Subject, source.Current.Issuer.Certificate.Subject);
    }

    [Theory]
    [InlineData("ca-key.pem", "-----BEGIN NOTHING-----", "ca-key.pem holds no EC or RSA private key")]
    [InlineData("ca-key.pem", "-----BEGIN ENCRYPTED PRIVATE KEY-----", "ca-key.pem holds an encrypted key")]
    [InlineData("ca-key.pem", null, "ca-key.pem cannot be read")]
    [InlineData("ca-cert.pem", "", "ca-cert.pem holds no certificate")]
    [InlineData("ca-cert.pem", null, "ca-cert.pem cannot be read")]
    [InlineData("root-cert.pem", "", "root-cert.pem holds no certificate")]
    [InlineData("root-cert.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "root-cert.pem holds something that is no certificate")]
    public void Refuses_files_that_are_not_what_they_should_be(string name, string? content, string expected)
    {
        Supply(_middle, _middle.Pem, _middle.Key.ExportPkcs8PrivateKeyPem());
        File.Delete(_scratch.At(name));
        if (content is not null)
        {
            Write(name, content);
        }

        Assert.Contains(expected, Assert.Throws<AuthorityException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_key_that_anybody_may_read()
    {
        Supply(_middle, _middle.Pem, _middle.Key.ExportPkcs8PrivateKeyPem());
        File.SetUnixFileMode(_scratch.At("ca-key.pem"), (UnixFileMode)0x1a4);

        Assert.Contains("may be read by anybody (mode 644)", Assert.Throws<AuthorityException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_the_key_of_another_certificate()
    {
        Supply(_middle, _middle.Pem, _root.Key.ExportPkcs8PrivateKeyPem());

        Assert.Contains("is not the key of", Assert.Throws<AuthorityException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_certificate_that_does_not_lead_to_the_roots()
    {
        using var other = ForeignAuthority.Root("other", ECDsa.Create(ECCurve.NamedCurves.nistP256), _clock.Now);
        Supply(_middle, _middle.Pem, _middle.Key.ExportPkcs8PrivateKeyPem(), roots: other.Pem);

        Assert.Contains("does not lead to", Assert.Throws<AuthorityException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_leaf_as_signer()
    {
        using var leaf = _middle.Leaf(ECDsa.Create(ECCurve.NamedCurves.nistP256));
        Supply(leaf, leaf.Pem + _middle.Pem, leaf.Key.ExportPkcs8PrivateKeyPem());

        Assert.Contains("may not sign certificates", Assert.Throws<AuthorityException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_short_RSA_key()
    {
        using var weak = _root.Below("weak", RSA.Create(1024));
        Supply(weak, weak.Pem, weak.Key.ExportPkcs8PrivateKeyPem());

        Assert.Contains("an RSA key of 1024 bits, allowed: 2048 or more", Assert.Throws<AuthorityException>(Open).Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _middle.Dispose();
        _root.Dispose();
        _scratch.Dispose();
    }

    private void Supply(ForeignAuthority signer, string? chain, string key, string? roots = null)
    {
        Write("ca-cert.pem", signer.Pem);
        Write("ca-key.pem", key);
        Write("root-cert.pem", roots ?? _root.Pem);
        File.Delete(_scratch.At("cert-chain.pem"));
        if (chain is not null)
        {
            Write("cert-chain.pem", chain);
        }
    }

    private void Write(string name, string content)
    {
        // In another inode, as Kubernetes does: stamps of two writes in one tick would be the same.
        var path = _scratch.At(name);
        File.WriteAllText(path + ".new", content);
        File.SetUnixFileMode(path + ".new", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.Move(path + ".new", path, overwrite: true);
    }

    private SuppliedAuthority Open() => SuppliedAuthority.Open(_scratch.Path, _clock, NullLogger.Instance);

    private IssuedCertificate Issue(SuppliedAuthority? source = null)
    {
        var options = new AuthorityOptions { TrustDomain = AuthorityUnderTest.Domain("cluster.local"), StateFolder = _scratch.State };
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateAuthority(options, source ?? Open(), _clock).Issue(new PublicKey(key), AuthorityUnderTest.Web, TimeSpan.Zero);
    }
}
