using System.Text;
using Envoy.Config.Core.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;
using Google.Protobuf;
using Intercept.Mesh.Tls;
using Intercept.Tests.Unit.Proxy;
using Intercept.Xds.Certificates;
using Intercept.Xds.Transport;
using Secret = Envoy.Extensions.TransportSockets.Tls.V3.Secret;

namespace Intercept.Tests.Unit.Xds.Certificates;

public sealed class SdsProviderTests : IAsyncDisposable
{
    private const string Cart = "spiffe://cluster.local/ns/shop/sa/cart";

    private static readonly DateTimeOffset _start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();
    private readonly ManualTime _time = new(_start);
    private readonly SigningAuthority _authority = new(_start);
    private readonly SecretStore _store = new();
    private readonly RecordedLog _log = new();
    private readonly CancellationTokenSource _stop = new();
    private ServedSds? _agent;
    private SdsProvider _provider = null!;
    private Task _running = Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        if (_agent is not null)
        {
            await _agent.DisposeAsync();
        }

        _stop.Dispose();
        _authority.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Takes_certificate_and_roots_from_an_agent_with_and_without_delta(bool delta)
    {
        var agent = await RunAsync(delta);
        agent.Push(Certificate(), Roots());
        await UntilAsync(() => _provider.Status.Renewals == 2);

        Assert.Equal(["ROOTCA", "default"], agent.Names.Order(StringComparer.Ordinal));
        Assert.Equal(Cart, _provider.Status.Identity);
        Assert.Equal(_start.AddHours(1), _store.Find("default")!.NotAfter);
        Assert.Equal(_authority.RootPem.Trim(), Text(_store.Find("ROOTCA")!.TrustBundles[""]).Trim());
        await UntilAsync(() => agent.Answers.Count == 1);
        Assert.Equal([null], agent.Answers);
    }

    [Fact]
    public async Task They_may_come_in_either_order_and_rotate_apart()
    {
        var agent = await RunAsync(delta: true);
        agent.Push(Certificate());
        await UntilAsync(() => _store.Find("default") is not null);
        agent.Push(Roots());
        await UntilAsync(() => _store.Find("ROOTCA") is not null);
        var first = _store.Find("default");

        agent.Push(Certificate());

        await UntilAsync(() => _provider.Status.Renewals == 3);
        Assert.NotEqual(first, _store.Find("default"));
        Assert.Equal("SDS", first!.Origin);
    }

    [Theory]
    [InlineData("expired", CertificateFailure.Expired)]
    [InlineData("another key", CertificateFailure.Malformed)]
    [InlineData("roots", CertificateFailure.Malformed)]
    [InlineData("garbage", CertificateFailure.Malformed)]
    [InlineData("no identity", CertificateFailure.WrongIdentity)]
    public async Task A_bad_certificate_is_refused_with_its_reason_and_the_good_one_stays(string what, CertificateFailure reason)
    {
        var agent = await RunAsync(delta: true);
        agent.Push(Certificate());
        await UntilAsync(() => _provider.Status.Renewals == 1);
        var good = _store.Find("default");

        agent.Push(what switch
        {
            "expired" => Certificate(to: _start.AddMinutes(-1)),
            "another key" => new Secret { Name = "default", TlsCertificate = new TlsCertificate { CertificateChain = Certificate().TlsCertificate.CertificateChain, PrivateKey = Certificate().TlsCertificate.PrivateKey } },
            "roots" => new Secret { Name = "default", ValidationContext = Roots().ValidationContext },
            "garbage" => new Secret { Name = "default", TlsCertificate = new TlsCertificate { CertificateChain = Inline("x"), PrivateKey = Inline("y") } },
            _ => Certificate(identity: "https://cart"),
        });
        await UntilAsync(() => agent.Answers.Count == 2);

        Assert.Contains("default", agent.Answers.Last(), StringComparison.Ordinal);
        Assert.Equal([reason], _provider.Status.Failures.Keys);
        Assert.Same(good, _store.Find("default"));
    }

    [Fact]
    public async Task What_the_agent_removes_is_gone()
    {
        var agent = await RunAsync(delta: true);
        agent.Push(Certificate(), Roots());
        await UntilAsync(() => _provider.Status.Renewals == 2);

        agent.Remove("default");

        await UntilAsync(() => _store.Find("default") is null);
        Assert.NotNull(_store.Find("ROOTCA"));
        Assert.Null(_provider.Status.Identity);
    }

    [Fact]
    public async Task An_agent_that_is_away_is_asked_again_and_its_secrets_stay()
    {
        var agent = await RunAsync(delta: true);
        agent.Push(Certificate(), Roots());
        await UntilAsync(() => _provider.Status.Renewals == 2);

        await agent.DisposeAsync();
        await UntilAsync(() => _provider.Status.Failures.GetValueOrDefault(CertificateFailure.Unreachable) > 0);

        Assert.NotNull(_store.Find("default"));
        _agent = null;
        agent = await StartAsync(delta: true);
        agent.Push(Certificate(), Roots());
        await UntilAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return _provider.Status.Renewals == 4;
        });
    }

    private async Task<ServedSds> StartAsync(bool delta)
    {
        _agent = new ServedSds { KnowsDelta = delta };
        await _agent.StartAsync(_folder["sds"]);
        return _agent;
    }

    private async Task<ServedSds> RunAsync(bool delta)
    {
        var agent = await StartAsync(delta);
        _provider = new SdsProvider(new SdsOptions { Address = ServerAddress.TryParse($"unix:{_folder["sds"]}")!, NodeId = "sidecar~10.0.0.1~cart.shop~x" }, _time, _log);
        _running = _provider.RunAsync(_store, _stop.Token);
        return agent;
    }

    private Task UntilAsync(Func<bool> condition) => Wait.UntilAsync(condition, () => string.Join('\n', _log.Lines));

    private Secret Certificate(string identity = Cart, DateTimeOffset? to = null)
    {
        var (leaf, key) = _authority.Issue([identity], _start.AddHours(-1), to ?? _start.AddHours(1));
        using (leaf)
        using (key)
        {
            return new Secret
            {
                Name = "default",
                TlsCertificate = new TlsCertificate
                {
                    CertificateChain = Inline($"{leaf.ExportCertificatePem()}\n{_authority.IntermediatePem}\n"),
                    PrivateKey = Inline(key.ExportECPrivateKeyPem()),
                },
            };
        }
    }

    private Secret Roots() => new() { Name = "ROOTCA", ValidationContext = new CertificateValidationContext { TrustedCa = Inline(_authority.RootPem) } };

    private static DataSource Inline(string text) => new() { InlineBytes = ByteString.CopyFromUtf8(text) };

    private static string Text(ReadOnlyMemory<byte> pem) => Encoding.ASCII.GetString(pem.Span);
}
