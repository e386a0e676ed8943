using System.Security.Cryptography.X509Certificates;
using System.Text;
using Intercept.Mesh.Listeners;
using Intercept.Mesh.Tls;
using Intercept.Runtime.Tls;
using Intercept.Tests.Unit.Proxy.Plans;
using Intercept.Tests.Unit.Runtime;

namespace Intercept.Tests.Unit.Proxy.Serving;

/// <summary>Connections at the end of the certificates that they were made with.</summary>
public sealed class CertificateExpiryTests : IAsyncLifetime
{
    private static readonly TimeSpan _life = TimeSpan.FromHours(1);
    private static readonly TimeSpan _second = TimeSpan.FromSeconds(1);

    private readonly MovedTime _time = new();
    private readonly ServingScene _scene;
    private Stream _bystander = Stream.Null;

    public CertificateExpiryTests() => _scene = new ServingScene(_time);

    [Fact]
    public async Task A_connection_does_not_outlive_our_certificate()
    {
        var issued = _scene.Plans.Authority.Issue([PlanScene.Identity], notAfter: _life);
        _scene.Plans.Secrets.Put(PlanScene.Certificate("default", issued));
        _scene.Plans.Secrets.Put(PlanScene.Roots(_scene.Plans.Authority));
        await StartAsync();
        using var client = await _scene.ConnectAsync();
        await using var stream = await _scene.SecureAsync(client);
        Assert.True(await ServingScene.EchoesAsync(stream));
        await PassAsync(EndOf(issued.Chain) - _time.GetUtcNow() - (20 * _second));

        // It is never idle: nothing but the end itself ends it.
        var echoes = 0;
        while (await ServingScene.EchoesAsync(stream))
        {
            echoes++;
            await PassAsync(_second);
        }

        Assert.True(_time.GetUtcNow() < EndOf(issued.Chain), $"closed {_time.GetUtcNow() - EndOf(issued.Chain)} after the expiry");
        Assert.InRange(echoes, 10, 20);
        await _scene.ClosesAsync("certificate_expiring");
    }

    [Fact]
    public async Task A_connection_does_not_outlive_the_certificate_of_its_peer()
    {
        _scene.Plans.PutSecrets(2 * _life);
        await StartAsync();
        using var client = await _scene.ConnectAsync();
        var issued = _scene.Plans.Authority.Issue(["spiffe://cluster.local/ns/test/sa/client"], notAfter: _life);
        await using var stream = await _scene.SecureAsync(client, issued);
        Assert.True(await ServingScene.EchoesAsync(stream));
        await PassAsync(0.8 * _life);
        Assert.Equal(0, _scene.Closed("certificate_expiring"));

        // Idle, it goes in the last tenth, and not all of one certificate in its last second.
        while (_scene.Closed("certificate_expiring") == 0)
        {
            Assert.True(_time.GetUtcNow() < EndOf(issued.Chain), "it outlives the certificate");
            await PassAsync(5 * _second);
        }

        Assert.True(_time.GetUtcNow() < EndOf(issued.Chain) - TimeSpan.FromMinutes(4), $"closed {EndOf(issued.Chain) - _time.GetUtcNow()} before the expiry");
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _bystander.DisposeAsync();
        await _scene.DisposeAsync();
    }

    private async Task StartAsync()
    {
        await _scene.StartAsync(PlanScene.Snapshot(
            [Listener("in", PlanScene.Downstream()), Listener("plain", null)], _scene.Backend("c")));
        _bystander = (await _scene.ConnectAsync("plain")).GetStream();
    }

    /// <summary>Lets time pass, and the one worker see it: it wakes for another connection, does what is due, and comes to its answer.</summary>
    private async Task PassAsync(TimeSpan time)
    {
        _time.Pass(time);
        Assert.True(await ServingScene.EchoesAsync(_bystander));
    }

    private static Listener Listener(string name, DownstreamTls? tls)
    {
        var listener = PlanScene.Listener(name, "127.0.0.1:0", tls: tls);
        return listener with
        {
            InspectsTls = false,
            RecoversOriginalDestination = false,
            FilterChains = [.. listener.FilterChains.Select(chain => chain with { Proxy = chain.Proxy with { Clusters = [new WeightedCluster("c", 1)] } })],
        };
    }

    private static DateTimeOffset EndOf(PemFile chain)
    {
        using var certificate = X509Certificate2.CreateFromPem(Encoding.ASCII.GetString(chain.Content.Span));
        return certificate.NotAfter;
    }
}
