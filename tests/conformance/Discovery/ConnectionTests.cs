using Intercept.Mesh.Tls;
using Intercept.Tests.Conformance.Peers;
using Intercept.Tests.Unit.Xds.Discovery;
using Intercept.Xds.Discovery;

namespace Intercept.Tests.Conformance.Discovery;

/// <summary>How client and server know each other: certificates, tokens, Unix sockets.</summary>
public sealed class ConnectionTests : IDisposable
{
    private const string ServerName = "istiod.istio-system.svc";

    private readonly string _folder = Directory.CreateTempSubdirectory("intercept-conformance-").FullName;
    private readonly RecordingReceiver _receiver = new();

    public ConnectionTests() => _receiver.Want(ResourceType.Cluster, Subscription.Wildcard);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Takes_a_server_that_its_authority_vouches_for_and_reads_a_new_authority_when_it_comes()
    {
        using var authority = new TestCertificates(_folder, "right");
        using var other = new TestCertificates(_folder, "wrong");
        var (cert, key) = authority.Issue(ServerName);
        await using var server = await AdsServer.StartAsync(new { tls = new { cert, key } });
        var trust = Path.Combine(_folder, "root-cert.pem");
        File.Copy(other.AuthorityFile, trust);
        await using var client = Start(server, trust, ServerName);
        await client.ExpectAsync(line => line.StartsWith("disconnected: The remote certificate", StringComparison.Ordinal), "the distrust");
        Assert.Empty(server.Events("stream"));
        File.Copy(authority.AuthorityFile, trust, overwrite: true);

        await client.ExpectAsync("Cluster:");
    }

    [Fact]
    public async Task Distrusts_a_certificate_for_another_name()
    {
        using var authority = new TestCertificates(_folder, "right");
        var (cert, key) = authority.Issue("other.svc");
        await using var server = await AdsServer.StartAsync(new { tls = new { cert, key } });
        await using var client = Start(server, authority.AuthorityFile, ServerName);

        await client.ExpectAsync(line => line.Contains("RemoteCertificateNameMismatch", StringComparison.Ordinal), "the distrust");
        Assert.Empty(server.Events("stream"));
    }

    [Fact]
    public async Task Shows_its_own_certificate_once_it_has_one()
    {
        using var authority = new TestCertificates(_folder, "right");
        var (cert, key) = authority.Issue(ServerName);
        await using var server = await AdsServer.StartAsync(new { tls = new { cert, key, ca = authority.AuthorityFile } });
        var (ownChain, ownKey) = authority.Issue("client.svc");
        Secret? identity = null;
        await using var client = Start(server, authority.AuthorityFile, ServerName, options => options with
        {
            Server = options.Server with { Identity = () => Volatile.Read(ref identity) },
        });
        await client.ExpectAsync(_ => client.Status.Failures > 0, "a failure");
        Assert.Empty(server.Events("stream"));
        Volatile.Write(ref identity, new Secret
        {
            Name = Secret.DefaultName,
            Origin = "test",
            CertificateChain = await File.ReadAllBytesAsync(ownChain),
            PrivateKey = await File.ReadAllBytesAsync(ownKey),
        });

        await client.ExpectAsync("Cluster:");
    }

    [Fact]
    public async Task Says_what_is_wrong_with_its_trust_file()
    {
        var trust = Path.Combine(_folder, "root-cert.pem");
        await using var server = await AdsServer.StartAsync();
        await using var client = Start(server, trust, ServerName);
        await client.ExpectAsync(line => line.StartsWith($"disconnected: {trust}: ", StringComparison.Ordinal), "the missing file");
        await File.WriteAllTextAsync(trust, "nothing");

        await client.ExpectAsync($"disconnected: {trust}: holds no certificate");
    }

    [Fact]
    public async Task Sends_the_token_of_the_day_and_says_when_there_is_none()
    {
        var token = Path.Combine(_folder, "istio-token");
        await File.WriteAllTextAsync(token, "monday\n");
        await using var server = await AdsServer.StartAsync();
        await using var client = new RunningClient(server.Address, _receiver, options => options with
        {
            Server = options.Server with { TokenFile = token, ClusterId = "Kubernetes" },
        });
        var headers = (await server.ExpectAsync("stream")).GetProperty("headers");
        Assert.Equal(("Bearer monday", "Kubernetes"), (headers.GetProperty("authorization").GetString(), headers.GetProperty("clusterid").GetString()));

        File.Delete(token);
        await server.SendAsync(new { command = "end", code = 14, details = "restart" });
        await client.ExpectAsync(line => line.StartsWith($"disconnected: {token}: ", StringComparison.Ordinal), "the vanished token");
        await File.WriteAllTextAsync(token, "");
        await client.ExpectAsync($"disconnected: {token}: holds no token");
        await File.WriteAllTextAsync(token, "tuesday\n");

        await server.ExpectAsync("stream", stream => stream.GetProperty("headers").GetProperty("authorization").GetString() == "Bearer tuesday");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Is_fed_with_secrets_by_an_agent_behind_a_Unix_socket(bool isDelta)
    {
        var receiver = new RecordingReceiver();
        receiver.Want(ResourceType.Secret, "default");
        await using var server = await AdsServer.StartAsync(new { unix = Path.Combine(_folder, "sds.sock") });
        await server.SetAsync("Secret", "default");
        await using var client = new RunningClient(server.Address, receiver, options => options with { Service = DiscoveryService.Secret, Delta = isDelta });

        await client.ExpectAsync(isDelta ? "Secret: default=1" : "Secret: default=v1");
    }

    [Fact]
    public async Task Does_not_connect_before_anything_is_wanted()
    {
        var receiver = new RecordingReceiver();
        await using var server = await AdsServer.StartAsync();
        await using var client = new RunningClient(server.Address, receiver);
        await Task.Delay(300);
        Assert.Empty(server.Events("stream"));
        client.Want(ResourceType.Endpoint, "a");

        await server.ExpectRequestAsync(request => request.GetProperty("type").GetString() == "Endpoint");
    }

    private RunningClient Start(
        AdsServer server, string trust, string name, Func<DiscoveryOptions, DiscoveryOptions>? change = null) => new(
            server.Address,
            _receiver,
            options => (change ?? (same => same))(options with { Server = options.Server with { TrustFile = trust, ServerName = name } }));
}
