using System.Security.Cryptography;
using Intercept.Runtime.Tls;

namespace Intercept.Tests.Unit.Runtime;

/// <summary>Contexts are checked whole when they are built: a bad file is found at the reload, not at the first connection.</summary>
public sealed class TlsContextTests : IDisposable
{
    private readonly TestAuthority _authority = new();

    [Fact]
    public void A_good_context_knows_who_it_is_and_for_how_long()
    {
        using var context = Accept(Good());

        Assert.Equal(TlsFixture.Server, context.LocalIdentity?.Text);
        Assert.InRange(context.CertificateExpiry!.Value - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(58), TimeSpan.FromMinutes(61));
    }

    [Fact]
    public void A_certificate_that_is_no_identity_serves_but_is_nobody()
    {
        using var several = Accept(Good() with { CertificateChain = null, PrivateKey = null }, _authority.Issue([TlsFixture.Server, TlsFixture.Client]));
        using var none = Accept(Good(), _authority.Issue([]));

        Assert.Null(several.LocalIdentity);
        Assert.Null(none.LocalIdentity);
    }

    [Fact]
    public void A_key_that_belongs_to_another_certificate_is_refused()
    {
        var (one, two) = (_authority.Issue(TlsFixture.Server), _authority.Issue(TlsFixture.Server));

        Refuses(Good() with { CertificateChain = one.Chain, PrivateKey = two.Key with { Path = "two.key" } }, "two.key: KeyDoesNotMatch: not the key of leaf.pem");
    }

    [Theory]
    [InlineData(-3, -1, TlsContextProblemKind.CertificateExpired)]
    [InlineData(1, 3, TlsContextProblemKind.CertificateNotYetValid)]
    public void A_certificate_out_of_its_time_is_refused(int notBefore, int notAfter, TlsContextProblemKind kind)
    {
        var credential = _authority.Issue([TlsFixture.Server], TimeSpan.FromHours(notBefore), TimeSpan.FromHours(notAfter));

        var problem = Assert.Single(Problems(With(credential)));
        Assert.Equal((kind, "leaf.pem"), (problem.Kind, problem.File));
        Assert.Matches("^(expired at|valid from) 20[0-9][0-9]-.*Z$", problem.Detail);
    }

    [Fact]
    public void Weak_keys_are_refused_and_strong_ones_of_every_kind_are_taken()
    {
        using var rsa1024 = RSA.Create(1024);
        using var rsa2048 = RSA.Create(2048);
        using var p224 = ECDsa.Create(ECCurve.CreateFromFriendlyName("secp224r1"));
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);

        foreach (var weak in new AsymmetricAlgorithm[] { rsa1024, p224 })
        {
            Refuses(With(_authority.Issue([TlsFixture.Server], key: weak)), "leaf.pem: KeyTooSmall: RSA needs 2048 bits, a curve 256");
        }

        foreach (var strong in new AsymmetricAlgorithm[] { rsa2048, p384 })
        {
            Accept(With(_authority.Issue([TlsFixture.Server], key: strong))).Dispose();
        }
    }

    [Fact]
    public void A_server_needs_everything_and_a_client_only_whom_to_believe()
    {
        Refuses(new TlsContextOptions(), "CertificateMissing", "KeyMissing", "TrustBundleMissing");
        Assert.True(TlsClientContext.TryBuild(new TlsContextOptions { TrustBundle = _authority.Bundle }, TimeProvider.System, out var client, out _));
        client.Dispose();
        Assert.False(TlsClientContext.TryBuild(Good() with { PrivateKey = null }, TimeProvider.System, out _, out var problems));
        Assert.Equal("KeyMissing", Assert.Single(problems).ToString());
    }

    [Fact]
    public void Who_asks_for_no_certificate_needs_no_bundle()
    {
        using var context = Accept(Good() with { Peer = PeerCertificateMode.None, TrustBundle = null });

        Assert.Null(context.Verifier);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not PEM at all")]
    [InlineData("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    [InlineData("-----BEGIN CERTIFICATE-----\nMIIB")]
    public void What_is_no_PEM_is_unreadable_wherever_it_stands(string text)
    {
        Assert.Equal(
            [TlsContextProblemKind.CertificateUnreadable, TlsContextProblemKind.KeyUnreadable, TlsContextProblemKind.TrustBundleUnreadable],
            Problems(new TlsContextOptions
            {
                CertificateChain = TestAuthority.Pem("chain", text),
                PrivateKey = TestAuthority.Pem("key", text),
                TrustBundle = TestAuthority.Pem("bundle", text),
            }).Select(problem => problem.Kind));
    }

    [Fact]
    public void A_bundle_of_which_one_certificate_is_broken_is_refused_whole()
    {
        var broken = System.Text.Encoding.ASCII.GetString(_authority.Bundle.Content.Span) + "\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

        Assert.Equal(TlsContextProblemKind.TrustBundleUnreadable, Assert.Single(Problems(Good() with { TrustBundle = TestAuthority.Pem("bundle", broken) })).Kind);
    }

    [Fact]
    public void An_encrypted_key_is_refused_without_asking_for_its_password()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var encrypted = key.ExportEncryptedPkcs8PrivateKeyPem("secret", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
        var problem = Assert.Single(Problems(Good() with { PrivateKey = TestAuthority.Pem("key", encrypted) }));

        Assert.Equal((TlsContextProblemKind.KeyUnreadable, "key"), (problem.Kind, problem.File));
        Assert.NotEmpty(problem.Detail);
    }

    [Fact]
    public void Names_that_mean_nothing_to_OpenSSL_are_refused()
    {
        Refuses(Good() with { CipherSuites = ["TLS_NONSENSE"] }, "CipherSuiteUnknown: TLS_NONSENSE");
        Refuses(Good() with { CipherSuites = ["NONSENSE-SHA"] }, "CipherSuiteUnknown: NONSENSE-SHA");
        Refuses(Good() with { AlpnProtocols = ["h2", ""] }, "AlpnInvalid");
        Refuses(Good() with { AlpnProtocols = [new string('x', 256)] }, $"AlpnInvalid: {new string('x', 256)}");
        Accept(Good() with { CipherSuites = ["TLS_AES_256_GCM_SHA384", "ECDHE-RSA-AES128-GCM-SHA256"], AlpnProtocols = ["h2", "istio"] }).Dispose();
    }

    [Fact]
    public void Everything_that_is_wrong_is_told_at_once()
    {
        using var weak = RSA.Create(1024);
        var credential = _authority.Issue([TlsFixture.Server], TimeSpan.FromHours(-3), TimeSpan.FromHours(-1), weak);
        var kinds = Problems(With(credential) with
        {
            PrivateKey = _authority.Issue(TlsFixture.Server).Key,
            TrustBundle = TestAuthority.Pem("bundle", "nothing"),
            CipherSuites = ["TLS_NONSENSE"],
            AlpnProtocols = [""],
        }).Select(problem => problem.Kind);

        Assert.Equal(
            [
                TlsContextProblemKind.KeyTooSmall, TlsContextProblemKind.CertificateExpired, TlsContextProblemKind.KeyDoesNotMatch,
                TlsContextProblemKind.TrustBundleUnreadable, TlsContextProblemKind.CipherSuiteUnknown, TlsContextProblemKind.AlpnInvalid,
            ],
            kinds);
    }

    public void Dispose() => _authority.Dispose();

    private TlsContextOptions Good() => With(_authority.Issue(TlsFixture.Server));

    private TlsContextOptions With((PemFile Chain, PemFile Key) credential) =>
        new() { CertificateChain = credential.Chain, PrivateKey = credential.Key, TrustBundle = _authority.Bundle };

    private static TlsServerContext Accept(TlsContextOptions options, (PemFile Chain, PemFile Key)? credential = null)
    {
        var complete = credential is { } given ? options with { CertificateChain = given.Chain, PrivateKey = given.Key } : options;
        Assert.True(TlsServerContext.TryBuild(complete, TimeProvider.System, out var context, out var problems), string.Join("; ", problems));
        return context;
    }

    private static TlsContextProblem[] Problems(TlsContextOptions options)
    {
        Assert.False(TlsServerContext.TryBuild(options, TimeProvider.System, out var context, out var problems));
        Assert.Null(context);
        return [.. problems];
    }

    private static void Refuses(TlsContextOptions options, params string[] problems) =>
        Assert.Equal(problems, Problems(options).Select(problem => problem.ToString()));
}
