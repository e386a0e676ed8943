using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Grpc.Core;
using Intercept.Mesh.Tls;
using Intercept.Xds.Certificates;
using Intercept.Xds.Transport;

namespace Intercept.Tests.Unit.Xds.Certificates;

public sealed class IstioCaProviderTests : IAsyncLifetime
{
    private IstioCaScene _scene = null!;

    public async Task InitializeAsync() => _scene = await IstioCaScene.PrepareAsync();

    public async Task DisposeAsync() => await _scene.DisposeAsync();

    [Fact]
    public async Task Puts_the_certificate_its_key_and_the_roots_into_the_store()
    {
        _scene.Run();
        await _scene.UntilAsync(() => _scene.Status.Renewals == 1);

        var secret = _scene.Store.Find(Secret.DefaultName)!;
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(Encoding.ASCII.GetString(secret.CertificateChain.Span));
        using var key = ECDsa.Create();
        key.ImportFromPem(Encoding.ASCII.GetString(secret.PrivateKey.Span));
        using var certified = chain[0].GetECDsaPublicKey();
        Assert.Equal(2, chain.Count);
        Assert.Equal(256, key.KeySize);
        Assert.Equal(certified!.ExportSubjectPublicKeyInfo(), key.ExportSubjectPublicKeyInfo());
        Assert.Equal(IstioCaScene.Start.AddHours(24), secret.NotAfter);
        var roots = _scene.Store.Find(Secret.RootsName)!.TrustBundles[Secret.OwnTrustDomain];
        Assert.Equal(_scene.Authority.RootPem.Trim(), Encoding.ASCII.GetString(roots.Span).Trim());
        Assert.False(_scene.Store.Find(Secret.RootsName)!.HasCertificate);
    }

    [Fact]
    public async Task Asks_with_token_cluster_and_one_SPIFFE_name_and_no_subject()
    {
        _scene.Options = _scene.Options with { Headers = _scene.Options.Headers.Add("x-tenant", "a") };
        _scene.Run();
        await _scene.UntilAsync(() => _scene.Status.Renewals == 1);

        var (request, headers) = Assert.Single(_scene.Ca.Asked);
        Assert.Equal("Bearer token-1", headers.GetValue("authorization"));
        Assert.Equal("Kubernetes", headers.GetValue("clusterid"));
        Assert.Equal("a", headers.GetValue("x-tenant"));
        Assert.Equal(24 * 60 * 60, request.ValidityDuration);
        var csr = ServedCa.Read(request);
        Assert.Equal("", csr.SubjectName.Name);
        var names = Assert.Single(csr.CertificateExtensions);
        Assert.True(names.Critical);
        Assert.Contains(IstioCaScene.Identity, Encoding.ASCII.GetString(names.RawData), StringComparison.Ordinal);
        Assert.Equal("1.2.840.10045.3.1.7", csr.PublicKey.GetECDsaPublicKey()!.ExportParameters(false).Curve.Oid.Value);
    }

    [Fact]
    public async Task Tells_where_it_stands()
    {
        _scene.Run();
        await _scene.UntilAsync(() => _scene.Status.Renewals == 1);

        var status = _scene.Status;
        Assert.Equal($"istio CA at unix:{_scene.Folder["ca"]}", status.Source);
        Assert.Equal(IstioCaScene.Identity, status.Identity);
        Assert.Equal(IstioCaScene.Start.AddHours(24), status.Expires);
        Assert.Equal(IstioCaScene.Start, status.LastSuccess);
        Assert.Null(status.LastError);
        Assert.InRange(status.NextRenewal!.Value, IstioCaScene.Start.AddHours(11.7), IstioCaScene.Start.AddHours(12.3));
    }

    [Fact]
    public async Task Renews_at_half_life_with_another_key()
    {
        _scene.Options = _scene.Options with { Lifetime = TimeSpan.FromSeconds(60) };
        _scene.Run();
        await _scene.UntilAsync(() => _scene.Status.Renewals == 1);
        await _scene.AdvanceAsync(TimeSpan.FromSeconds(26));
        Assert.Single(_scene.Ca.Asked);

        for (var renewals = 2; renewals <= 5; renewals++)
        {
            await _scene.AdvanceAsync(TimeSpan.FromSeconds(34));
            await _scene.UntilAsync(() => _scene.Status.Renewals == renewals);
        }

        var keys = _scene.Ca.Asked.Select(asked => Convert.ToHexString(ServedCa.Read(asked.Request).PublicKey.ExportSubjectPublicKeyInfo()));
        Assert.Equal(5, keys.Distinct().Count());
    }

    [Fact]
    public async Task A_certificate_of_years_is_renewed_too()
    {
        _scene.Options = _scene.Options with { Lifetime = TimeSpan.FromDays(300) };
        _scene.Run();
        await _scene.UntilAsync(() => _scene.Status.Renewals == 1);

        await _scene.AdvanceAsync(TimeSpan.FromDays(160));

        await _scene.UntilAsync(() => _scene.Status.Renewals == 2);
    }

    [Fact]
    public async Task Keeps_the_certificate_in_use_while_the_CA_refuses_and_asks_ever_less_often()
    {
        _scene.Run();
        await _scene.UntilAsync(() => _scene.Status.Renewals == 1);
        var secret = _scene.Store.Find(Secret.DefaultName);
        _scene.Ca.Answer = (_, _) => throw new RpcException(new Status(StatusCode.Unauthenticated, "who are you"));

        var pauses = new List<TimeSpan>();
        await _scene.AdvanceAsync(TimeSpan.FromHours(12.5));
        for (var failures = 1; failures <= 10; failures++)
        {
            await _scene.UntilAsync(() => _scene.Status.Failures.GetValueOrDefault(CertificateFailure.Refused) == failures);
            pauses.Add(_scene.Status.NextRenewal!.Value - _scene.Time.GetUtcNow());
            await _scene.AdvanceAsync(pauses[^1]);
        }

        Assert.InRange(pauses[0], TimeSpan.FromSeconds(0.4), TimeSpan.FromSeconds(0.6));
        Assert.InRange(pauses[4], TimeSpan.FromSeconds(6.4), TimeSpan.FromSeconds(9.6));
        Assert.InRange(pauses[9], TimeSpan.FromSeconds(48), TimeSpan.FromSeconds(72));
        Assert.Same(secret, _scene.Store.Find(Secret.DefaultName));
        Assert.Equal("Unauthenticated: who are you", _scene.Status.LastError);
    }

    [Fact]
    public async Task Reads_the_token_anew_for_each_call()
    {
        _scene.Run();
        await _scene.UntilAsync(() => _scene.Status.Renewals == 1);
        await File.WriteAllTextAsync(_scene.Folder["token"], "token-2");

        await _scene.AdvanceAsync(TimeSpan.FromHours(13));
        await _scene.UntilAsync(() => _scene.Status.Renewals == 2);

        Assert.Equal(["Bearer token-1", "Bearer token-2"], _scene.Ca.Asked.Select(asked => asked.Headers.GetValue("authorization")));
    }

    [Fact]
    public async Task Waits_for_a_token_that_has_vanished()
    {
        File.Delete(_scene.Folder["token"]);
        _scene.Run();
        await _scene.UntilAsync(() => _scene.Status.Failures.GetValueOrDefault(CertificateFailure.Token) == 1);
        Assert.Empty(_scene.Ca.Asked);
        Assert.Contains(_scene.Folder["token"], _scene.Status.LastError, StringComparison.Ordinal);

        await File.WriteAllTextAsync(_scene.Folder["token"], "token-3");
        await _scene.AdvanceAsync(TimeSpan.FromSeconds(1));

        await _scene.UntilAsync(() => _scene.Status.Renewals == 1);
    }

    [Theory]
    [InlineData("")]
    [InlineData("two\nlines")]
    public async Task Sends_no_token_that_is_none(string token)
    {
        await File.WriteAllTextAsync(_scene.Folder["token"], token);
        _scene.Run();

        await _scene.UntilAsync(() => _scene.Status.Failures.GetValueOrDefault(CertificateFailure.Token) == 1);

        Assert.Contains("holds no token", _scene.Status.LastError, StringComparison.Ordinal);
        Assert.Empty(_scene.Ca.Asked);
    }

    [Fact]
    public async Task Gives_up_on_a_CA_that_never_answers_and_asks_again()
    {
        _scene.Ca.Answer = async (_, cancellation) =>
        {
            await Task.Delay(Timeout.Infinite, cancellation);
            return [];
        };
        _scene.Run();
        await _scene.UntilAsync(() => _scene.Ca.Asked.Count == 1);
        await _scene.AdvanceAsync(TimeSpan.FromSeconds(10));
        await _scene.UntilAsync(() => _scene.Status.Failures.GetValueOrDefault(CertificateFailure.TimedOut) == 1);

        _scene.Ca.Answer = (request, _) => Task.FromResult(_scene.Chain(request));
        await _scene.AdvanceAsync(TimeSpan.FromSeconds(1));

        await _scene.UntilAsync(() => _scene.Status.Renewals == 1);
    }

    [Fact]
    public async Task Waits_for_a_CA_that_is_not_there_yet()
    {
        await _scene.Ca.DisposeAsync();
        _scene.Run();
        await _scene.UntilAsync(() => _scene.Status.Failures.GetValueOrDefault(CertificateFailure.Unreachable) == 1);
        Assert.Equal($"{_scene.Folder["ca"]}: there is no such Unix socket", _scene.Status.LastError);

        await using var later = await ServedCa.StartAsync($"http://unix:{_scene.Folder["ca"]}");
        later.Answer = (request, _) => Task.FromResult(_scene.Chain(request));
        await _scene.AdvanceAsync(TimeSpan.FromSeconds(1));

        await _scene.UntilAsync(() => _scene.Status.Renewals == 1);
    }

    [Fact]
    public async Task Tells_of_a_certificate_that_begins_in_the_future_and_uses_it()
    {
        _scene.Ca.Answer = (request, _) =>
        {
            var later = IstioCaScene.Start.AddMinutes(5);
            using var leaf = _scene.Authority.Sign(ServedCa.Read(request).PublicKey, [IstioCaScene.Identity], later, later.AddHours(1));
            return Task.FromResult<IEnumerable<string>>([leaf.ExportCertificatePem(), _scene.Authority.IntermediatePem, _scene.Authority.RootPem]);
        };
        _scene.Run();
        await _scene.UntilAsync(() => _scene.Log.Lines.Any(line => line.StartsWith("Warning", StringComparison.Ordinal)));

        Assert.Contains("300 s from now", _scene.Status.Warning, StringComparison.Ordinal);
        Assert.Contains(_scene.Log.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal) && line.Contains("clock", StringComparison.Ordinal));
        Assert.NotNull(_scene.Store.Find(Secret.DefaultName));
        Assert.InRange(_scene.Status.NextRenewal!.Value, IstioCaScene.Start.AddMinutes(24), IstioCaScene.Start.AddMinutes(36));
    }

    [Fact]
    public async Task A_new_root_comes_before_its_certificate_and_the_old_one_stays_as_long_as_certificates_live()
    {
        _scene.Options = _scene.Options with { Lifetime = TimeSpan.FromMinutes(10) };
        _scene.Run();
        await _scene.UntilAsync(() => _scene.Status.Renewals == 1);
        using var old = _scene.Authority;
        _scene.Authority = new SigningAuthority(IstioCaScene.Start, "next");
        var changes = new List<string>();
        _scene.Store.Changed += changes.Add;

        await _scene.AdvanceAsync(TimeSpan.FromMinutes(6));
        await _scene.UntilAsync(() => _scene.Status.Renewals == 2);
        Assert.Equal([Secret.RootsName, Secret.DefaultName], changes);
        Assert.Equal(2, Roots().Count);

        _scene.Ca.Answer = (_, _) => throw new RpcException(new Status(StatusCode.Unavailable, "away"));
        await _scene.AdvanceAsync(TimeSpan.FromMinutes(13));
        await _scene.UntilAsync(() => Roots().Count == 1);
        Assert.Equal(_scene.Authority.Root.RawData, Roots()[0].RawData);
    }

    [Fact]
    public async Task Over_TLS_reads_the_trust_file_anew_and_does_not_send_its_token_to_a_stranger()
    {
        using var stranger = new SigningAuthority(DateTimeOffset.UtcNow, "stranger");
        using var authority = new SigningAuthority(DateTimeOffset.UtcNow, "of the CA");
        using var certificate = authority.IssueServer("istiod.istio-system.svc");
        await using var ca = await ServedCa.StartAsync("https://127.0.0.1:0", certificate);
        ca.Answer = (request, _) => Task.FromResult(_scene.Chain(request));
        await File.WriteAllTextAsync(_scene.Folder["trust.pem"], stranger.RootPem);
        _scene.Options = _scene.Options with { Address = ServerAddress.TryParse(ca.Address)!, TrustPath = _scene.Folder["trust.pem"], ServerName = "istiod.istio-system.svc" };
        _scene.Run();
        await _scene.UntilAsync(() => _scene.Status.Failures.GetValueOrDefault(CertificateFailure.Unreachable) == 1);
        Assert.Empty(ca.Asked);
        Assert.Contains("errors in the certificate chain", _scene.Status.LastError, StringComparison.Ordinal);

        await File.WriteAllTextAsync(_scene.Folder["trust.pem"], $"{stranger.RootPem}\n{authority.RootPem}");
        await _scene.AdvanceAsync(TimeSpan.FromSeconds(1));
        await _scene.UntilAsync(() => _scene.Status.Renewals == 1);
    }

    [Fact]
    public async Task Over_TLS_the_server_must_bear_the_name_that_was_called()
    {
        using var authority = new SigningAuthority(DateTimeOffset.UtcNow, "of the CA");
        using var certificate = authority.IssueServer("istiod.istio-system.svc");
        await using var ca = await ServedCa.StartAsync("https://127.0.0.1:0", certificate);
        await File.WriteAllTextAsync(_scene.Folder["trust.pem"], authority.RootPem);
        _scene.Options = _scene.Options with { Address = ServerAddress.TryParse(ca.Address)!, TrustPath = _scene.Folder["trust.pem"] };
        _scene.Run();

        await _scene.UntilAsync(() => _scene.Status.Failures.GetValueOrDefault(CertificateFailure.Unreachable) == 1);

        Assert.Empty(ca.Asked);
        Assert.Contains("NameMismatch", _scene.Status.LastError, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("missing.pem", "missing.pem")]
    [InlineData("token", "holds no certificate")]
    public async Task Calls_nobody_whom_it_cannot_verify(string file, string why)
    {
        _scene.Options = _scene.Options with { Address = ServerAddress.TryParse("192.0.2.1:15012")!, TrustPath = _scene.Folder[file] };
        _scene.Run();

        await _scene.UntilAsync(() => _scene.Status.Failures.GetValueOrDefault(CertificateFailure.TrustFile) == 1);

        Assert.Contains(why, _scene.Status.LastError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Neither_key_nor_token_stands_in_the_log()
    {
        _scene.Ca.Answer = (_, _) => Task.FromResult<IEnumerable<string>>(["garbage", "garbage"]);
        _scene.Run();
        await _scene.UntilAsync(() => _scene.Status.Failures.GetValueOrDefault(CertificateFailure.Malformed) == 1);
        _scene.Ca.Answer = (request, _) => Task.FromResult(_scene.Chain(request));
        await _scene.AdvanceAsync(TimeSpan.FromSeconds(1));
        await _scene.UntilAsync(() => _scene.Status.Renewals == 1);

        Assert.NotEmpty(_scene.Log.Lines);
        Assert.DoesNotContain(_scene.Log.Lines, line => line.Contains("token-1", StringComparison.Ordinal) || line.Contains("PRIVATE", StringComparison.Ordinal));
    }

    private X509Certificate2Collection Roots()
    {
        var roots = new X509Certificate2Collection();
        roots.ImportFromPem(Encoding.ASCII.GetString(_scene.Store.Find(Secret.RootsName)!.TrustBundles[Secret.OwnTrustDomain].Span));
        return roots;
    }
}
