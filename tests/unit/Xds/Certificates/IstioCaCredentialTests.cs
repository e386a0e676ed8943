using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using Intercept.Mesh.Tls;
using Intercept.Xds.Certificates;
using Intercept.Xds.Transport;

namespace Intercept.Tests.Unit.Xds.Certificates;

/// <summary>Over TLS: what tells a CA who asks, beside the token.</summary>
public sealed class IstioCaCredentialTests : IAsyncLifetime
{
    private const string ServerName = "istiod.istio-system.svc";

    private readonly SigningAuthority _authority = new(DateTimeOffset.UtcNow, "of the CA");
    private readonly ConcurrentQueue<string> _shown = [];
    private IstioCaScene _scene = null!;
    private X509Certificate2 _certificate = null!;
    private ServedCa _ca = null!;
    private bool _isWelcome = true;

    public async Task InitializeAsync()
    {
        _scene = await IstioCaScene.PrepareAsync();
        _certificate = _authority.IssueServer(ServerName);
        _ca = await ServedCa.StartAsync("https://127.0.0.1:0", _certificate, shown =>
        {
            _shown.Enqueue(shown.SerialNumber);
            return _isWelcome;
        });
        _ca.Answer = (request, _) => Task.FromResult(_scene.Chain(request));
        await File.WriteAllTextAsync(_scene.Folder["trust.pem"], _authority.RootPem);
        _scene.Options = _scene.Options with
        {
            Address = ServerAddress.TryParse(_ca.Address)!,
            TrustPath = _scene.Folder["trust.pem"],
            ServerName = ServerName,
        };
        _scene.Run();
        await _scene.UntilAsync(() => _scene.Status.Renewals == 1);
        Assert.Empty(_shown);
    }

    public async Task DisposeAsync()
    {
        await _scene.DisposeAsync();
        await _ca.DisposeAsync();
        _certificate.Dispose();
        _authority.Dispose();
    }

    [Fact]
    public async Task Shows_the_certificate_in_use_beside_the_token()
    {
        var inUse = SerialNumber();
        await _scene.AdvanceAsync(TimeSpan.FromHours(13));
        await _scene.UntilAsync(() => _scene.Status.Renewals == 2);

        Assert.Equal([inUse], _shown);
        Assert.All(_ca.Asked, asked => Assert.Equal("Bearer token-1", asked.Headers.GetValue("authorization")));
    }

    [Fact]
    public async Task Shows_no_certificate_that_has_expired()
    {
        await _scene.AdvanceAsync(TimeSpan.FromHours(25));
        await _scene.UntilAsync(() => _scene.Status.Renewals == 2);

        Assert.Empty(_shown);
    }

    [Fact]
    public async Task Comes_with_the_token_alone_to_a_CA_that_will_not_have_the_certificate()
    {
        _isWelcome = false;
        await _scene.AdvanceAsync(TimeSpan.FromHours(13));
        await _scene.UntilAsync(() => _scene.Status.Failures.GetValueOrDefault(CertificateFailure.Unreachable) == 1);
        await _scene.AdvanceAsync(TimeSpan.FromMinutes(1));

        await _scene.UntilAsync(() => _scene.Status.Renewals == 2);

        Assert.Single(_shown);
    }

    private string SerialNumber()
    {
        using var certificate = X509Certificate2.CreateFromPem(System.Text.Encoding.ASCII.GetString(_scene.Store.Find(Secret.DefaultName)!.CertificateChain.Span));
        return certificate.SerialNumber;
    }
}
