using System.Text;
using Intercept.Mesh.Tls;
using Intercept.Tests.Unit.Xds.Certificates;
using Intercept.Xds.Certificates;
using Intercept.Xds.Transport;
using Microsoft.Extensions.Logging.Abstractions;

namespace Intercept.Tests.Unit.Control.Authority;

/// <summary>The proxy's own sources of certificates, against the authority as it is served.</summary>
public sealed class OwnClientsTests : IAsyncLifetime
{
    private ServedAuthority _served = null!;

    [Fact]
    public async Task The_proxy_gets_its_certificate_by_a_join_token()
    {
        using var folder = new ScratchFolder();
        var token = folder.At("token");
        await File.WriteAllTextAsync(token, _served.Tokens(TimeProvider.System).Create(AuthorityUnderTest.Web, TimeSpan.FromMinutes(5)) + "\n");
        var secret = await FirstAsync(new IstioCaOptions
        {
            Address = Address($"localhost:{_served.TlsPort}"),
            Identity = AuthorityUnderTest.Web,
            TrustPath = _served.Options.RootsFile,
            TokenPath = token,
        });

        AssertComplete(secret);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_proxy_renews_by_its_certificate_when_its_join_token_has_run_out(bool isGone)
    {
        using var folder = new ScratchFolder();
        var token = folder.At("token");
        await File.WriteAllTextAsync(token, _served.Tokens(TimeProvider.System).Create(AuthorityUnderTest.Web, TimeSpan.FromMinutes(5)));
        var time = new ManualTime(DateTimeOffset.UtcNow);
        var store = new SecretStore();
        var provider = new IstioCaProvider(
            new IstioCaOptions
            {
                Address = Address($"localhost:{_served.TlsPort}"),
                Identity = AuthorityUnderTest.Web,
                TrustPath = _served.Options.RootsFile,
                TokenPath = token,
            },
            time,
            NullLogger.Instance);
        using var ending = new CancellationTokenSource();
        var running = provider.RunAsync(store, ending.Token);
        await Wait.UntilAsync(() => provider.Status.Renewals == 1 && time.NextTimer is not null, () => $"{provider.Status}");
        var first = store.Find(Secret.DefaultName);
        if (isGone)
        {
            File.Delete(token);
        }
        else
        {
            await File.WriteAllTextAsync(token, _served.Tokens(new TestClock()).Create(AuthorityUnderTest.Web, TimeSpan.FromSeconds(1)));
        }

        time.Advance(TimeSpan.FromHours(13));
        await Wait.UntilAsync(() => provider.Status.Renewals == 2 || provider.Status.LastError is not null, () => $"{provider.Status}");

        Assert.Null(provider.Status.LastError);
        Assert.Equal(AuthorityUnderTest.Web.Text, provider.Status.Identity);
        Assert.False(first!.PrivateKey.Span.SequenceEqual(store.Find(Secret.DefaultName)!.PrivateKey.Span));
        await ending.CancelAsync();
        await running;
    }

    [Fact]
    public async Task The_proxy_gets_its_certificate_by_the_user_it_runs_as() => AssertComplete(await FirstAsync(new WorkloadApiOptions
    {
        Address = Address("unix:" + _served.SocketPath),
        Identity = AuthorityUnderTest.Web,
    }));

    public async Task InitializeAsync() => _served = await ServedAuthority.StartAsync(
        TimeProvider.System, options => options with { UnixPeers = [new(CertificateServiceTests.OwnUser(), null, AuthorityUnderTest.Web)] });

    public async Task DisposeAsync() => await _served.DisposeAsync();

    private static ServerAddress Address(string text) =>
        ServerAddress.TryParse(text) ?? throw new ArgumentException(text);

    private static async Task<Secret> FirstAsync(CertificateProviderOptions options)
    {
        var store = new SecretStore();
        var provider = options.Create(TimeProvider.System, NullLogger.Instance);
        using var ending = new CancellationTokenSource();
        var running = provider.RunAsync(store, ending.Token);
        var until = Environment.TickCount64 + (long)Patience.WithATask.TotalMilliseconds;
        while (!store.All.Any(secret => !secret.CertificateChain.IsEmpty) && Environment.TickCount64 < until)
        {
            await Task.Delay(10);
        }

        await ending.CancelAsync();
        await running.WaitAsync(Patience.WithATask);
        return store.All.FirstOrDefault(secret => !secret.CertificateChain.IsEmpty)
            ?? throw new InvalidOperationException($"no certificate came: {provider.Status}");
    }

    private void AssertComplete(Secret secret)
    {
        Assert.Equal(2, Encoding.ASCII.GetString(secret.CertificateChain.Span).Split("BEGIN CERTIFICATE").Length - 1);
        Assert.True(secret.NotAfter < _served.Mesh.Authority.Current.Issuer.Validity.NotAfter);
        Assert.Equal(1, _served.Mesh.Statistics.Issued);
    }
}
