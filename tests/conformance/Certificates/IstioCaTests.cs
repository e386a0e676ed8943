using Intercept.Core.Identity;
using Intercept.Mesh.Tls;
using Intercept.Tests.Conformance.Peers;
using Intercept.Tests.Unit.Xds.Certificates;
using Intercept.Xds.Certificates;
using Intercept.Xds.Transport;
using Microsoft.Extensions.Logging.Abstractions;
using static Intercept.Tests.Conformance.Peers.OpenSslCa;

namespace Intercept.Tests.Conformance.Certificates;

/// <summary>openssl signs what we ask for; openssl and GnuTLS verify what we make of the answer.</summary>
public sealed class IstioCaTests : IAsyncLifetime
{
    private const string Identity = "spiffe://cluster.local/ns/shop/sa/cart";

    private readonly string _folder = Directory.CreateTempSubdirectory("intercept-conformance-").FullName;
    private readonly SecretStore _store = new();
    private readonly CancellationTokenSource _stop = new();
    private OpenSslCa _openSsl = null!;
    private ServedCa _ca = null!;
    private Task _running = Task.CompletedTask;

    public async Task InitializeAsync()
    {
        _openSsl = new OpenSslCa(_folder);
        await _openSsl.PrepareAsync();
        _ca = await ServedCa.StartAsync($"http://unix:{File("ca")}");
        _ca.Answer = async (request, cancellation) =>
            [await _openSsl.SignAsync(request.Csr), await System.IO.File.ReadAllTextAsync(_openSsl.AuthorityFile, cancellation), await System.IO.File.ReadAllTextAsync(_openSsl.RootFile, cancellation)];
        Assert.True(SpiffeId.TryParse(Identity, out var identity));
        var provider = new IstioCaProvider(new IstioCaOptions { Address = ServerAddress.TryParse($"unix:{File("ca")}")!, Identity = identity }, TimeProvider.System, NullLogger.Instance);
        _running = provider.RunAsync(_store, _stop.Token);
        await Wait.UntilAsync(() => provider.Status.Renewals == 1, () => provider.Status.LastError ?? "nothing");
        await WriteAsync("chain.pem", _store.Find(Secret.DefaultName)!.CertificateChain);
        await WriteAsync("key.pem", _store.Find(Secret.DefaultName)!.PrivateKey);
        await WriteAsync("roots.pem", _store.Find(Secret.RootsName)!.TrustBundles[Secret.OwnTrustDomain]);
        await WriteAsync("bundle.pem", (byte[])[.. _store.Find(Secret.DefaultName)!.CertificateChain.Span, .. _store.Find(Secret.RootsName)!.TrustBundles[Secret.OwnTrustDomain].Span]);
    }

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        await _ca.DisposeAsync();
        _stop.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task GnuTLS_reads_the_request_and_finds_its_signature_good()
    {
        var request = await CertToolAsync($"--crq-info --infile {File("leaf.csr")}");

        Assert.Contains("Self signature: verified", request, StringComparison.Ordinal);
        Assert.Contains($"URI: {Identity}", request, StringComparison.Ordinal);
        Assert.Contains("Curve:\tSECP256R1", request, StringComparison.Ordinal);
    }

    [Fact]
    public async Task openssl_verifies_the_chain_for_servers_and_clients_and_finds_the_one_name()
    {
        await OpenSslAsync($"verify -x509_strict -purpose sslserver -CAfile {File("roots.pem")} -untrusted {File("chain.pem")} {File("chain.pem")}");
        await OpenSslAsync($"verify -x509_strict -purpose sslclient -CAfile {File("roots.pem")} -untrusted {File("chain.pem")} {File("chain.pem")}");
        var names = await OpenSslAsync($"x509 -in {File("chain.pem")} -noout -ext subjectAltName");
        Assert.Contains("critical", names, StringComparison.Ordinal);
        Assert.Equal($"URI:{Identity}", names.Trim().Split('\n')[^1].Trim());
    }

    [Fact]
    public async Task GnuTLS_verifies_the_chain() =>
        Assert.Contains(
            "Chain verification output: Verified.",
            await CertToolAsync($"--verify --load-ca-certificate {File("roots.pem")} --infile {File("bundle.pem")}"),
            StringComparison.Ordinal);

    [Fact]
    public async Task The_key_is_the_certificates_and_both_tools_read_it()
    {
        Assert.StartsWith("-----BEGIN PRIVATE KEY-----", await System.IO.File.ReadAllTextAsync(File("key.pem")), StringComparison.Ordinal);
        await OpenSslAsync($"pkey -in {File("key.pem")} -check -noout");
        Assert.Equal(await OpenSslAsync($"x509 -in {File("chain.pem")} -noout -pubkey"), await OpenSslAsync($"pkey -in {File("key.pem")} -pubout"));
        Assert.Contains("SECP256R1", await CertToolAsync($"--key-info --infile {File("key.pem")}"), StringComparison.Ordinal);
    }

    private string File(string name) => Path.Combine(_folder, name);

    private Task WriteAsync(string name, ReadOnlyMemory<byte> content) => System.IO.File.WriteAllBytesAsync(File(name), content.ToArray());
}
