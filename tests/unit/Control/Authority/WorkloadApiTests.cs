using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Intercept.Control.Authority;
using Spiffe.Workload;

namespace Intercept.Tests.Unit.Control.Authority;

public sealed class WorkloadApiTests : IAsyncLifetime
{
    private static readonly Metadata _header = new() { { "workload.spiffe.io", "true" } };

    private readonly TestClock _clock = new();
    private ServedAuthority _served = null!;

    [Fact]
    public async Task Gives_certificate_key_and_bundle_of_each_identity_of_the_user()
    {
        using var channel = _served.OverUnixSocket();
        using var call = new SpiffeWorkloadAPI.SpiffeWorkloadAPIClient(channel).FetchX509SVID(new(), _header);
        var response = await NextAsync(call.ResponseStream);

        Assert.Equal(["spiffe://cluster.local/ns/shop/sa/web", "spiffe://cluster.local/ns/shop/sa/db"], response.Svids.Select(svid => svid.SpiffeId));
        foreach (var svid in response.Svids)
        {
            var (leaf, between) = Split(svid);
            using var key = ECDsa.Create();
            key.ImportPkcs8PrivateKey(svid.X509SvidKey.Span, out _);
            Assert.Equal(new PublicKey(key).ExportSubjectPublicKeyInfo(), leaf.PublicKey.ExportSubjectPublicKeyInfo());
            Assert.True(AlternativeNames.TryRead(leaf.Extensions, out var identity, out _));
            Assert.Equal(svid.SpiffeId, identity?.Text);
            using var chain = ChainPolicy.NewChain([X509CertificateLoader.LoadCertificate(svid.Bundle.Span)], between, _clock.Now, null);
            Assert.True(chain.Build(leaf), ChainPolicy.Describe(chain));
        }
    }

    [Fact]
    public async Task Sends_new_keys_at_half_of_a_certificates_life()
    {
        using var channel = _served.OverUnixSocket();
        using var call = new SpiffeWorkloadAPI.SpiffeWorkloadAPIClient(channel).FetchX509SVID(new(), _header);
        var first = await NextAsync(call.ResponseStream);
        await WaitingAsync();
        _clock.Advance(TimeSpan.FromHours(12));
        var second = await NextAsync(call.ResponseStream);

        Assert.NotEqual(first.Svids[0].X509SvidKey, second.Svids[0].X509SvidKey);
        Assert.Equal(_clock.Now.AddDays(1), Issuer.ValidityOf(Split(second.Svids[0]).Leaf).NotAfter);
    }

    [Fact]
    public async Task Sends_the_new_root_as_soon_as_there_is_one()
    {
        using var channel = _served.OverUnixSocket();
        var client = new SpiffeWorkloadAPI.SpiffeWorkloadAPIClient(channel);
        using var svids = client.FetchX509SVID(new(), _header);
        using var bundles = client.FetchX509Bundles(new(), _header);
        var before = (await NextAsync(bundles.ResponseStream)).Bundles["spiffe://cluster.local"];
        Assert.Equal(before, (await NextAsync(svids.ResponseStream)).Svids[0].Bundle);

        _served.AskForRotation();
        _served.Mesh.Check();
        var after = (await NextAsync(bundles.ResponseStream)).Bundles["spiffe://cluster.local"];
        Assert.Equal(before.Span, after.Span[..before.Length]);
        Assert.True(after.Length > before.Length);
        Assert.Equal(after, (await NextAsync(svids.ResponseStream)).Svids[0].Bundle);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("false")]
    [InlineData("True")]
    public async Task Demands_its_header(string? value)
    {
        using var channel = _served.OverUnixSocket();
        using var call = new SpiffeWorkloadAPI.SpiffeWorkloadAPIClient(channel)
            .FetchX509SVID(new(), value is null ? [] : new Metadata { { "workload.spiffe.io", value } });

        Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(() => NextAsync(call.ResponseStream))).StatusCode);
    }

    [Fact]
    public async Task Refuses_a_user_that_no_rule_is_about()
    {
        await using var served = await ServedAuthority.StartAsync(_clock, options => options);
        using var channel = served.OverUnixSocket();
        using var call = new SpiffeWorkloadAPI.SpiffeWorkloadAPIClient(channel).FetchX509SVID(new(), _header);
        var refusal = await Assert.ThrowsAsync<RpcException>(() => NextAsync(call.ResponseStream));

        Assert.Equal(StatusCode.PermissionDenied, refusal.StatusCode);
        Assert.Equal("no identity issued", refusal.Status.Detail);
        Assert.Equal(1, served.Mesh.Statistics.Refused(RefusalReason.Unauthenticated));
    }

    public async Task InitializeAsync() => _served = await ServedAuthority.StartAsync(_clock, options => options with
    {
        UnixPeers =
        [
            new(CertificateServiceTests.OwnUser(), null, AuthorityUnderTest.Web),
            new(CertificateServiceTests.OwnUser(), null, AuthorityUnderTest.Id("spiffe://cluster.local/ns/shop/sa/db")),
        ],
    });

    public async Task DisposeAsync() => await _served.DisposeAsync();

    private static async Task<T> NextAsync<T>(IAsyncStreamReader<T> stream)
    {
        using var limit = new CancellationTokenSource(Patience.WithATask);
        Assert.True(await stream.MoveNext(limit.Token), "the stream ended");
        return stream.Current;
    }

    private static (X509Certificate2 Leaf, X509Certificate2Collection Between) Split(X509SVID svid)
    {
        var all = new X509Certificate2Collection();
        for (var left = svid.X509Svid.Memory; !left.IsEmpty; left = left[all[^1].RawDataMemory.Length..])
        {
            // One certificate after the other: each says how long it is.
            var reader = new System.Formats.Asn1.AsnReader(left, System.Formats.Asn1.AsnEncodingRules.DER);
            _ = all.Add(X509CertificateLoader.LoadCertificate(reader.PeekEncodedValue().Span));
        }

        return (all[0], [.. all.Skip(1)]);
    }

    private async Task WaitingAsync()
    {
        using var limit = new CancellationTokenSource(Patience.WithATask);
        while (_clock.TimersWaiting == 0)
        {
            await Task.Delay(5, limit.Token);
        }
    }
}
