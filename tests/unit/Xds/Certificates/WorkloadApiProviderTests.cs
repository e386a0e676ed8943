using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Intercept.Mesh.Tls;
using Intercept.Tests.Unit.Proxy;
using Intercept.Xds.Certificates;
using Intercept.Xds.Transport;
using Spiffe.Workload;

namespace Intercept.Tests.Unit.Xds.Certificates;

public sealed class WorkloadApiProviderTests : IAsyncLifetime
{
    private const string Cart = "spiffe://cluster.local/ns/shop/sa/cart";
    private const string Other = "spiffe://cluster.local/ns/shop/sa/other";

    private static readonly DateTimeOffset _start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();
    private readonly ManualTime _time = new(_start);
    private readonly SigningAuthority _authority = new(_start);
    private readonly SigningAuthority _foreign = new(_start, "foreign");
    private readonly SecretStore _store = new();
    private readonly RecordedLog _log = new();
    private readonly CancellationTokenSource _stop = new();
    private ServedWorkloadApi _api = null!;
    private WorkloadApiProvider _provider = null!;
    private Task _running = Task.CompletedTask;

    public async Task InitializeAsync() => _api = await ServedWorkloadApi.StartAsync(_folder["api"]);

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        await _api.DisposeAsync();
        _stop.Dispose();
        _authority.Dispose();
        _foreign.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Puts_certificate_key_and_bundles_by_trust_domain_into_the_store()
    {
        var state = State(Svid(Cart));
        state.FederatedBundles["spiffe://example.org"] = ByteString.CopyFrom(_foreign.Root.RawData);
        _api.Push(state);
        Run();
        await UntilAsync(() => _provider.Status.Renewals == 1);

        var secret = _store.Find(Secret.DefaultName)!;
        using var leaf = X509Certificate2.CreateFromPem(Text(secret.CertificateChain), Text(secret.PrivateKey));
        Assert.True(leaf.HasPrivateKey);
        Assert.Equal(Cart, _provider.Status.Identity);
        Assert.Equal(_start.AddHours(1), secret.NotAfter);
        var roots = _store.Find(Secret.RootsName)!;
        Assert.Equal(["", "example.org"], roots.TrustBundles.Keys.Order());
        Assert.Equal(_foreign.RootPem.Trim(), Text(roots.TrustBundles["example.org"]).Trim());
    }

    [Fact]
    public async Task Takes_an_RSA_key_too()
    {
        using var rsa = RSA.Create(2048);
        using var leaf = _authority.Sign(new PublicKey(rsa), [Cart], _start, _start.AddHours(1));
        _api.Push(State(new X509SVID { SpiffeId = Cart, X509Svid = Chain(leaf), X509SvidKey = ByteString.CopyFrom(rsa.ExportPkcs8PrivateKey()), Bundle = Bundle(_authority) }));
        Run();

        await UntilAsync(() => _provider.Status.Renewals == 1);

        using var read = X509Certificate2.CreateFromPem(Text(_store.Find(Secret.DefaultName)!.CertificateChain), Text(_store.Find(Secret.DefaultName)!.PrivateKey));
        Assert.True(read.HasPrivateKey);
    }

    [Fact]
    public async Task The_first_identity_is_the_default_and_another_can_be_asked_for()
    {
        _api.Push(State(Svid(Other), Svid(Cart)));
        Run(IstioCaScene.Parse(Cart));
        await UntilAsync(() => _provider.Status.Renewals == 1);

        Assert.Equal(Cart, _provider.Status.Identity);
        Assert.Equal(Other, await DefaultIdentityAsync());
    }

    [Fact]
    public async Task What_is_not_in_a_message_any_more_is_not_trusted_any_more()
    {
        var state = State(Svid(Cart));
        state.FederatedBundles["spiffe://example.org"] = ByteString.CopyFrom(_foreign.Root.RawData);
        _api.Push(state);
        Run();
        await UntilAsync(() => _provider.Status.Renewals == 1);

        _api.Push(State(Svid(Cart)));
        await UntilAsync(() => _provider.Status.Renewals == 2);
        Assert.Equal([""], _store.Find(Secret.RootsName)!.TrustBundles.Keys);

        _api.Push(new X509SVIDResponse());
        await UntilAsync(() => !_store.All.Any());
        Assert.Null(_provider.Status.Identity);
    }

    [Fact]
    public async Task A_stream_that_ends_is_opened_again_and_what_it_brought_stays()
    {
        _api.Push(State(Svid(Cart)));
        Run();
        await UntilAsync(() => _provider.Status.Renewals == 1);
        var secret = _store.Find(Secret.DefaultName);

        _api.Hang();
        await UntilAsync(() => _provider.Status.Failures.GetValueOrDefault(CertificateFailure.Unreachable) == 1);
        Assert.Same(secret, _store.Find(Secret.DefaultName));

        // It is told before it is waited for: only what waits is woken.
        await UntilAsync(() => _time.NextTimer <= _time.GetUtcNow().AddSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(1));
        await UntilAsync(() => _provider.Status.Renewals == 2);
        Assert.Same(secret, _store.Find(Secret.DefaultName));
    }

    [Fact]
    public async Task Whoever_does_not_understand_us_is_not_asked_again_at_once()
    {
        _api.Refusal = new Status(StatusCode.InvalidArgument, "what?");
        Run();
        await UntilAsync(() => _provider.Status.Failures.GetValueOrDefault(CertificateFailure.Refused) == 1 && _time.NextTimer == _start.AddMinutes(5));

        _api.Refusal = null;
        _api.Push(State(Svid(Cart)));
        _time.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(1, _api.Opened);
        _time.Advance(TimeSpan.FromMinutes(1));
        await UntilAsync(() => _provider.Status.Renewals == 1);
    }

    [Fact]
    public async Task Whoever_has_no_identity_yet_asks_again_with_backoff()
    {
        _api.Refusal = new Status(StatusCode.PermissionDenied, "no identity issued");
        Run();
        for (var failures = 1; failures <= 4; failures++)
        {
            await UntilAsync(() => _provider.Status.Failures.GetValueOrDefault(CertificateFailure.Refused) == failures);
            await UntilAsync(() => _time.NextTimer is { } next && next > _time.GetUtcNow());
            _time.Advance(_time.NextTimer!.Value - _time.GetUtcNow());
        }

        _api.Refusal = null;
        _api.Push(State(Svid(Cart)));
        await UntilAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return _provider.Status.Renewals == 1;
        });
        Assert.InRange(_time.GetUtcNow() - _start, TimeSpan.FromSeconds(3), TimeSpan.FromMinutes(30));
    }

    [Fact]
    public async Task A_stream_that_stays_silent_is_given_up()
    {
        Run();
        await UntilAsync(() => _api.Opened == 1);
        _time.Advance(TimeSpan.FromSeconds(30));

        await UntilAsync(() => _provider.Status.Failures.GetValueOrDefault(CertificateFailure.TimedOut) == 1);
    }

    [Fact]
    public async Task Silence_after_a_message_is_ordinary()
    {
        _api.Push(State(Svid(Cart)));
        Run();
        await UntilAsync(() => _provider.Status.Renewals == 1);

        _time.Advance(TimeSpan.FromMinutes(10));
        _api.Push(State(Svid(Cart)));

        await UntilAsync(() => _provider.Status.Renewals == 2);
        Assert.Equal(1, _api.Opened);
    }

    [Fact]
    public async Task Says_that_revocation_lists_are_not_looked_at()
    {
        var state = State(Svid(Cart));
        state.Crl.Add(ByteString.CopyFromUtf8("a list"));
        _api.Push(state);
        Run();

        await UntilAsync(() => _provider.Status.Renewals == 1);

        Assert.Contains("revocation lists", _provider.Status.Warning, StringComparison.Ordinal);
    }

    public static TheoryData<string, CertificateFailure> BadMessages => new()
    {
        { "certificate", CertificateFailure.Malformed },
        { "no certificate", CertificateFailure.Malformed },
        { "key", CertificateFailure.Malformed },
        { "another key", CertificateFailure.WrongKey },
        { "bundle", CertificateFailure.Malformed },
        { "no bundle", CertificateFailure.Malformed },
        { "another bundle", CertificateFailure.Untrusted },
        { "another identity", CertificateFailure.WrongIdentity },
        { "identity of a trust domain", CertificateFailure.WrongIdentity },
        { "expired", CertificateFailure.Expired },
        { "federated bundle", CertificateFailure.Malformed },
        { "federated name", CertificateFailure.Malformed },
    };

    [Theory]
    [MemberData(nameof(BadMessages))]
    public async Task A_bad_message_is_refused_whole_and_the_last_good_one_stays(string what, CertificateFailure reason)
    {
        _api.Push(State(Svid(Cart)));
        Run();
        await UntilAsync(() => _provider.Status.Renewals == 1);
        var secret = _store.Find(Secret.DefaultName);

        _api.Push(Bad(what));
        await UntilAsync(() => !_provider.Status.Failures.IsEmpty);

        Assert.Equal([reason], _provider.Status.Failures.Keys);
        Assert.Same(secret, _store.Find(Secret.DefaultName));
        Assert.Equal([""], _store.Find(Secret.RootsName)!.TrustBundles.Keys);
        _api.Push(State(Svid(Cart)));
        await UntilAsync(() => _provider.Status.Renewals == 2);
    }

    private X509SVIDResponse Bad(string what)
    {
        var state = State(Svid(Cart));
        var svid = state.Svids[0];
        var garbage = ByteString.CopyFromUtf8("garbage");
        switch (what)
        {
            case "certificate":
                svid.X509Svid = garbage;
                break;
            case "no certificate":
                svid.X509Svid = ByteString.Empty;
                break;
            case "key":
                svid.X509SvidKey = garbage;
                break;
            case "another key":
                svid.X509SvidKey = Svid(Cart).X509SvidKey;
                break;
            case "bundle":
                svid.Bundle = garbage;
                break;
            case "no bundle":
                svid.Bundle = ByteString.Empty;
                break;
            case "another bundle":
                svid.Bundle = Bundle(_foreign);
                break;
            case "another identity":
                svid.SpiffeId = Other;
                break;
            case "identity of a trust domain":
                return State(Svid("spiffe://cluster.local"));
            case "expired":
                return State(Svid(Cart, _start.AddHours(-2), _start));
            case "federated bundle":
                state.FederatedBundles["spiffe://example.org"] = garbage;
                break;
            case "federated name":
                state.FederatedBundles["spiffe://Example.org/x"] = Bundle(_foreign);
                break;
            default:
                throw new ArgumentException(what);
        }

        return state;
    }

    private async Task<string?> DefaultIdentityAsync()
    {
        var provider = new WorkloadApiProvider(new WorkloadApiOptions { Address = Address() }, _time, _log);
        using var stop = new CancellationTokenSource();
        var running = provider.RunAsync(new SecretStore(), stop.Token);
        await UntilAsync(() => provider.Status.Renewals == 1);
        await stop.CancelAsync();
        await running;
        return provider.Status.Identity;
    }

    private void Run(Intercept.Core.Identity.SpiffeId? identity = null)
    {
        _provider = new WorkloadApiProvider(new WorkloadApiOptions { Address = Address(), Identity = identity }, _time, _log);
        _running = _provider.RunAsync(_store, _stop.Token);
    }

    private ServerAddress Address() => ServerAddress.TryParse($"unix://{_folder["api"]}")!;

    private Task UntilAsync(Func<bool> condition) => Wait.UntilAsync(condition, () => string.Join('\n', _log.Lines));

    private X509SVID Svid(string identity, DateTimeOffset? from = null, DateTimeOffset? to = null)
    {
        var (leaf, key) = _authority.Issue([identity], from ?? _start.AddMinutes(-2), to ?? _start.AddHours(1));
        using (leaf)
        using (key)
        {
            return new X509SVID { SpiffeId = identity, X509Svid = Chain(leaf), X509SvidKey = ByteString.CopyFrom(key.ExportPkcs8PrivateKey()), Bundle = Bundle(_authority) };
        }
    }

    private ByteString Chain(X509Certificate2 leaf)
    {
        using var intermediate = X509Certificate2.CreateFromPem(_authority.IntermediatePem);
        return ByteString.CopyFrom([.. leaf.RawData, .. intermediate.RawData]);
    }

    private static X509SVIDResponse State(params X509SVID[] svids) => new() { Svids = { svids } };

    private static ByteString Bundle(SigningAuthority authority) => ByteString.CopyFrom(authority.Root.RawData);

    private static string Text(ReadOnlyMemory<byte> pem) => Encoding.ASCII.GetString(pem.Span);
}
