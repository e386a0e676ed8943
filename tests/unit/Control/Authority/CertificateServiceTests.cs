using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;
using Istio.V1.Auth;

namespace Intercept.Tests.Unit.Control.Authority;

public sealed class CertificateServiceTests : IAsyncLifetime
{
    private const string Web = "spiffe://cluster.local/ns/shop/sa/web";
    private const string Database = "spiffe://cluster.local/ns/shop/sa/db";

    private ServedAuthority _served = null!;

    [Fact]
    public async Task Issues_to_the_holder_of_a_join_token()
    {
        using var channel = _served.OverTls();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var chain = (await AskAsync(channel, RequestFor(key), Token())).CertChain;

        Assert.Equal(3, chain.Count);
        using var leaf = X509Certificate2.CreateFromPem(chain[0]);
        Assert.Equal(new PublicKey(key).ExportSubjectPublicKeyInfo(), leaf.PublicKey.ExportSubjectPublicKeyInfo());
        Assert.Equal(await File.ReadAllTextAsync(_served.Options.RootsFile!), chain[2]);
    }

    [Fact]
    public async Task Renews_by_the_certificate_alone_when_the_token_has_ended()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var first = _served.OverTls();
        var chain = (await AskAsync(first, RequestFor(key), Token())).CertChain;
        using var leaf = X509Certificate2.CreateFromPem(chain[0]).CopyWithPrivateKey(key);
        using var second = _served.OverTls(leaf);
        var renewed = (await AskAsync(second, RequestFor(key), Token(TimeSpan.FromSeconds(-1)))).CertChain;

        Assert.NotEqual(chain[0], renewed[0]);
        Assert.Equal(2, _served.Mesh.Statistics.Issued);
    }

    [Fact]
    public async Task Knows_no_caller_by_a_certificate_of_somebody_else()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(Requests.Uris(Web)[0]);
        using var forged = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var channel = _served.OverTls(forged);

        await RefusedAsync(StatusCode.Unauthenticated, "not authenticated", () => AskAsync(channel, RequestFor(key), token: null));
    }

    [Fact]
    public async Task Says_nothing_to_whom_it_refuses()
    {
        using var channel = _served.OverTls();
        await RefusedAsync(StatusCode.Unauthenticated, "not authenticated", () => AskAsync(channel, new() { Csr = Requests.Good() }, token: null));
        await RefusedAsync(StatusCode.Unauthenticated, "not authenticated", () => AskAsync(channel, new() { Csr = Requests.Good() }, "nonsense"));
        await RefusedAsync(StatusCode.PermissionDenied, "not permitted", () => AskAsync(channel, new() { Csr = Requests.Good(Database) }, Token()));
        var impersonating = new IstioCertificateRequest { Csr = Requests.Good(), Metadata = new Struct() };
        impersonating.Metadata.Fields["ImpersonatedIdentity"] = Value.ForString(Database);
        await RefusedAsync(StatusCode.PermissionDenied, "not permitted", () => AskAsync(channel, impersonating, Token()));
        impersonating.Metadata.Fields["ImpersonatedIdentity"] = Value.ForNumber(1);
        await RefusedAsync(StatusCode.PermissionDenied, "not permitted", () => AskAsync(channel, impersonating, Token()));
    }

    [Fact]
    public async Task Says_what_is_wrong_with_a_request()
    {
        using var channel = _served.OverTls();

        await RefusedAsync(
            StatusCode.InvalidArgument, "the certificate request is not one PEM block 'CERTIFICATE REQUEST'",
            () => AskAsync(channel, new() { Csr = "x" }, Token()));
    }

    [Theory]
    [InlineData(60, 60)]
    [InlineData(0, 86400)]
    [InlineData(-5, 86400)]
    [InlineData(long.MaxValue, 7 * 86400)]
    public async Task Gives_the_life_that_is_asked_for_within_bounds(long asked, int given)
    {
        using var channel = _served.OverTls();
        var chain = (await AskAsync(channel, new() { Csr = Requests.Good(), ValidityDuration = asked }, Token())).CertChain;
        using var leaf = X509Certificate2.CreateFromPem(chain[0]);

        Assert.InRange((leaf.NotAfter - DateTime.Now).TotalSeconds, given - 30, given);
    }

    [Fact]
    public async Task Knows_a_process_of_this_machine_by_its_user()
    {
        using var channel = _served.OverUnixSocket();
        var chain = (await AskAsync(channel, new() { Csr = Requests.Good() }, token: null)).CertChain;

        Assert.Equal(3, chain.Count);
    }

    [Fact]
    public async Task Shows_a_new_certificate_of_its_own_when_half_of_the_old_ones_life_has_passed()
    {
        var clock = new TestClock();
        await using var served = await ServedAuthority.StartAsync(clock, options => options);
        var first = await SeenAsync(served);
        clock.Advance(TimeSpan.FromHours(11));
        served.Mesh.Check();
        Assert.Equal(first, await SeenAsync(served));

        clock.Advance(TimeSpan.FromHours(1));
        served.Mesh.Check();
        Assert.NotEqual(first, await SeenAsync(served));
    }

    public async Task InitializeAsync() => _served = await ServedAuthority.StartAsync(
        TimeProvider.System,
        options => options with { UnixPeers = [new(OwnUser(), null, AuthorityUnderTest.Web)] });

    public async Task DisposeAsync() => await _served.DisposeAsync();

    internal static uint OwnUser() => uint.Parse(
        File.ReadLines("/proc/self/status").Single(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[2],
        System.Globalization.CultureInfo.InvariantCulture);

    private static async Task<string> SeenAsync(ServedAuthority served)
    {
        var serial = "";
        using var channel = served.OverTls(seen: certificate => serial = certificate.SerialNumber);
        _ = await Assert.ThrowsAsync<RpcException>(() => AskAsync(channel, new() { Csr = Requests.Good() }, token: null));
        return serial;
    }

    private static IstioCertificateRequest RequestFor(ECDsa key) =>
        new() { Csr = new CertificateRequest("", key, HashAlgorithmName.SHA256).CreateSigningRequestPem() };

    private static async Task<IstioCertificateResponse> AskAsync(GrpcChannel channel, IstioCertificateRequest request, string? token) =>
        await new IstioCertificateService.IstioCertificateServiceClient(channel).CreateCertificateAsync(
            request, token is null ? [] : new Metadata { { "authorization", $"Bearer {token}" } }, DateTime.UtcNow.AddSeconds(20));

    private static async Task RefusedAsync(StatusCode code, string detail, Func<Task> ask)
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(ask);
        Assert.Equal((code, detail), (refusal.StatusCode, refusal.Status.Detail));
    }

    private string Token(TimeSpan? life = null) =>
        _served.Tokens(TimeProvider.System).Create(AuthorityUnderTest.Web, life ?? TimeSpan.FromMinutes(5));
}
