using System.Security.Cryptography.X509Certificates;
using Intercept.Core.Identity;
using Intercept.Mesh.Tls;
using Intercept.Tests.Unit.Proxy;
using Intercept.Xds.Certificates;
using Intercept.Xds.Transport;
using Istio.V1.Auth;

namespace Intercept.Tests.Unit.Xds.Certificates;

/// <summary>A provider that asks a CA on a Unix socket, by a clock that the test moves.</summary>
internal sealed class IstioCaScene : IAsyncDisposable
{
    public const string Identity = "spiffe://cluster.local/ns/shop/sa/cart";

    public static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    private IstioCaScene(TemporaryFolder folder, ServedCa ca)
    {
        Folder = folder;
        Ca = ca;
        Ca.Answer = (request, _) => Task.FromResult(Chain(request));
        Options = new IstioCaOptions
        {
            Address = ServerAddress.TryParse($"unix:{folder["ca"]}")!,
            Identity = Parse(Identity),
            TokenPath = folder["token"],
            ClusterId = "Kubernetes",
        };
        File.WriteAllText(folder["token"], "token-1\n");
    }

    public TemporaryFolder Folder { get; }

    public ServedCa Ca { get; }

    public IstioCaOptions Options { get; set; }

    public ManualTime Time { get; } = new(Start);

    public SigningAuthority Authority { get; set; } = new(Start);

    public SecretStore Store { get; } = new();

    public RecordedLog Log { get; } = new();

    public IstioCaProvider Provider { get; private set; } = null!;

    public CertificateProviderStatus Status => Provider.Status;

    public static async Task<IstioCaScene> PrepareAsync()
    {
        var folder = new TemporaryFolder();
        return new IstioCaScene(folder, await ServedCa.StartAsync($"http://unix:{folder["ca"]}"));
    }

    public static SpiffeId Parse(string identity) => SpiffeId.TryParse(identity, out var id) ? id : throw new ArgumentException(identity);

    public void Run()
    {
        Provider = new IstioCaProvider(Options, Time, Log);
        _running = Provider.RunAsync(Store, _stop.Token);
    }

    /// <summary>What a good CA answers: leaf, intermediate, root; for as long as was asked, dated back by two minutes.</summary>
    public IEnumerable<string> Chain(IstioCertificateRequest request, Action<CertificateRequest>? change = null)
    {
        var now = Time.GetUtcNow();
        using var leaf = Authority.Sign(
            ServedCa.Read(request).PublicKey, [Identity], now.AddMinutes(-2), now.AddSeconds(request.ValidityDuration), change);
        return [leaf.ExportCertificatePem(), Authority.IntermediatePem, Authority.RootPem];
    }

    /// <summary>Once the provider waits: it tells before it waits, and only what waits is woken.</summary>
    public async Task AdvanceAsync(TimeSpan by)
    {
        await UntilAsync(() => Time.NextTimer is not null);
        Time.Advance(by);
    }

    public Task UntilAsync(Func<bool> condition) => Wait.UntilAsync(condition, () => string.Join('\n', Log.Lines));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        await Ca.DisposeAsync();
        Authority.Dispose();
        _stop.Dispose();
        Folder.Dispose();
    }
}
