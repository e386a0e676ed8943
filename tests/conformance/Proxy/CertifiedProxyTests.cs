using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Intercept.Tests.Conformance.ControlPlane;
using Intercept.Tests.Conformance.Peers;

namespace Intercept.Tests.Conformance.Proxy;

/// <summary>The proxy as people run it, with each source of certificates that there is; what it shows is read by a TLS client.</summary>
public sealed class CertifiedProxyTests : IAsyncLifetime
{
    private const string Identity = "spiffe://cluster.local/ns/shop/sa/web";

    private readonly string _folder = Directory.CreateTempSubdirectory("intercept-conformance-").FullName;
    private readonly NamedUpstream _upstream = new("web");
    private readonly int _port = FreePorts.Next();

    public Task InitializeAsync()
    {
        Directory.CreateDirectory(At("manifests"));
        return File.WriteAllTextAsync(At("manifests/mesh.yaml"), "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n");
    }

    public async Task DisposeAsync()
    {
        await _upstream.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Renews_at_our_CA_and_comes_back_to_our_control_plane_after_its_join_token_has_expired()
    {
        await using var plane = await RunningControlPlane.StartAsync(At("manifests"), At("state"), "--max-cert-ttl", "60s", "--cert-ttl", "60s");
        await File.WriteAllTextAsync(At("token"), await plane.TokenAsync(Identity, "20s"));
        await using var proxy = RunningProxy.StartWith(
            Bootstrap(), "--ca", plane.Tls, "--ca-root", plane.RootsFile, "--token-file", At("token"), "--spiffe-id", Identity,
            "--control-plane", plane.Tls, "--control-plane-ca", plane.RootsFile);
        await proxy.ExpectAsync(page => Received(page) == 1 && IsConnected(page), "the first certificate");
        var first = await ShownAsync();

        // At half life, ten seconds after the token's end.
        await proxy.ExpectAsync(page => Received(page) == 2, "the second certificate");
        Assert.NotEqual(first, await ShownAsync());
        await plane.KillAsync();
        await proxy.ExpectAsync(page => !IsConnected(page), "the lost control plane");
        await plane.StartAsync();

        await proxy.ExpectAsync(IsConnected, "the control plane again");
    }

    [Fact]
    public async Task Is_known_to_our_Workload_API_by_the_user_it_runs_as()
    {
        var socket = At("agent.sock");
        await using var proxy = RunningProxy.StartWith(Bootstrap(), "--workload-api-socket", socket);
        await proxy.ExpectAsync(page => Certificates(page).TryGetProperty("last_error", out var error) && error.GetString() == $"{socket}: there is no such Unix socket",
            "the agent that is missing");

        await using var plane = await RunningControlPlane.StartAsync(
            At("manifests"), At("state"), "--socket", socket, "--unix-peer", $"uid={OwnUser()} {Identity}");

        await proxy.ExpectAsync(page => Received(page) == 1, "a certificate");
        await ShownAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Takes_what_a_secret_discovery_service_sends_and_lets_go_of_what_it_takes_back(bool withoutDelta)
    {
        using var authority = new TestCertificates(_folder, "right");
        await using var agent = await AdsServer.StartAsync(new { unix = At("sds.sock"), withoutDelta });
        await SendAsync(agent, authority, "one");
        await using var proxy = RunningProxy.StartWith(Bootstrap(), "--sds-socket", At("sds.sock"));
        await proxy.ExpectAsync(page => Received(page) == 2, "a certificate and roots");
        var first = await ShownAsync();

        await SendAsync(agent, authority, "two");
        await UntilShownAsync(serial => serial is not null && serial != first);
        if (!withoutDelta)
        {
            // The state of the world never says that a secret is no more.
            await agent.SendAsync(new { command = "remove", type = "Secret", names = new[] { "default" } });
            await UntilShownAsync(serial => serial is null);
            await SendAsync(agent, authority, "three");
            await UntilShownAsync(serial => serial is not null);
        }

        await agent.ExpectNoViolationAsync();
    }

    [Fact]
    public async Task Serves_on_through_a_reload_while_the_server_of_its_secrets_is_away()
    {
        using var authority = new TestCertificates(_folder, "right");
        var bootstrap = At("bootstrap.yaml");
        await File.WriteAllTextAsync(bootstrap, "static_resources: { clusters: [{ name: one, type: STATIC }] }\n");
        var server = await AdsServer.StartAsync();
        await SendAsync(server, authority, "one");
        await SetAsync(server, "Cluster", "web", new { type = "STATIC", load_assignment = Upstream() });
        await SetAsync(server, "Listener", "web", Listener());
        await using var proxy = RunningProxy.StartWith("", "--config-path", bootstrap, "--state-dir", _folder, "--control-plane", server.Address);
        var shown = await ShownAsync();
        await server.DisposeAsync();
        await proxy.ExpectAsync(page => !IsConnected(page), "the lost server");

        await File.WriteAllTextAsync(bootstrap, "static_resources: { clusters: [{ name: another, type: STATIC }] }\n");
        await proxy.ExpectAsync(page => page.GetProperty("control_plane").GetProperty("responses").GetString() == "0", "the client of the new bootstrap");
        await proxy.ExpectAsync(page => page.GetProperty("control_plane").GetProperty("listeners").GetInt32() == 1, "what the client before it knew");

        Assert.Equal(shown, await ShownAsync());
    }

    private string At(string name) => Path.Combine(_folder, name);

    // What sds-grpc is called in Istio's bootstraps: whichever source the proxy was started with.
    private string Bootstrap() => $$"""
        static_resources:
          listeners:
            - name: web
              address: { socket_address: { address: 127.0.0.1, port_value: {{_port}} } }
              filter_chains:
                - transport_socket:
                    name: envoy.transport_sockets.tls
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
                      common_tls_context:
                        tls_certificate_sds_secret_configs:
                          - name: default
                            sds_config: { api_config_source: { api_type: GRPC, grpc_services: [{ envoy_grpc: { cluster_name: sds-grpc } }] } }
                  filters:
                    - name: envoy.filters.network.tcp_proxy
                      typed_config:
                        "@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy
                        stat_prefix: web
                        cluster: web
          clusters:
            - name: web
              type: STATIC
              load_assignment:
                cluster_name: web
                endpoints: [{ lb_endpoints: [{ endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: {{_upstream.Port}} } } } }] }]
        """;

    private object Upstream() => new
    {
        cluster_name = "web",
        endpoints = new[] { new { lb_endpoints = new[] { new { endpoint = new { address = SocketAddress(_upstream.Port) } } } } },
    };

    private object Listener() => new
    {
        address = SocketAddress(_port),
        filter_chains = new[]
        {
            new
            {
                transport_socket = new
                {
                    name = "tls",
                    typed_config = Typed("envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext", new()
                    {
                        ["common_tls_context"] = new
                        {
                            tls_certificate_sds_secret_configs = new[] { new { name = "default", sds_config = new { ads = new { }, resource_api_version = "V3" } } },
                        },
                    }),
                },
                filters = new[] { new { name = "tcp", typed_config = Typed("envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy", new() { ["stat_prefix"] = "web", ["cluster"] = "web" }) } },
            },
        },
    };

    private static Dictionary<string, object> Typed(string message, Dictionary<string, object> fields) =>
        new(fields) { ["@type"] = $"type.googleapis.com/{message}" };

    private static object SocketAddress(int port) => new { socket_address = new { address = "127.0.0.1", port_value = port } };

    private static async Task SendAsync(AdsServer agent, TestCertificates authority, string name)
    {
        var (chain, key) = authority.IssueWorkload(name, Identity);
        await SetAsync(agent, "Secret", "default", new
        {
            tls_certificate = new
            {
                certificate_chain = new { inline_string = await File.ReadAllTextAsync(chain) },
                private_key = new { inline_string = await File.ReadAllTextAsync(key) },
            },
        });
        await SetAsync(agent, "Secret", "ROOTCA", new { validation_context = new { trusted_ca = new { inline_string = await File.ReadAllTextAsync(authority.AuthorityFile) } } });
    }

    private static Task SetAsync(AdsServer server, string type, string name, object body) =>
        server.SendAsync(new { command = "set", type, resources = new[] { new { name, body } } });

    /// <returns>The serial number of the certificate that the listener shows; null when it shows none.</returns>
    private async Task<string?> TryShownAsync()
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, _port);
        }
        catch (SocketException)
        {
            return null;
        }

        await using var tls = new SslStream(client.GetStream(), leaveInnerStreamOpen: false, static (_, _, _, _) => true);
        try
        {
            await tls.AuthenticateAsClientAsync("web");
            var buffer = new byte[8];
            var length = await tls.ReadAsync(buffer);
            if (length == 0)
            {
                // Taken away between the handshake and the answer.
                return null;
            }

            Assert.Equal("web", Encoding.ASCII.GetString(buffer, 0, length));
        }
        catch (Exception closed) when (closed is IOException or AuthenticationException)
        {
            return null;
        }

        using var shown = new X509Certificate2(tls.RemoteCertificate!);
        Assert.Contains(Identity, Encoding.ASCII.GetString(shown.Extensions["2.5.29.17"]!.RawData), StringComparison.Ordinal);
        return shown.SerialNumber;
    }

    private Task<string> ShownAsync() => UntilShownAsync(serial => serial is not null)!;

    private async Task<string?> UntilShownAsync(Func<string?, bool> isMeant)
    {
        var deadline = DateTimeOffset.UtcNow + Patience.WithAProgram;
        while (true)
        {
            if (await TryShownAsync() is var serial && isMeant(serial))
            {
                return serial;
            }

            Assert.True(DateTimeOffset.UtcNow < deadline, $"the listener shows '{serial}'");
            await Task.Delay(50);
        }
    }

    private static uint OwnUser() => uint.Parse(
        File.ReadLines("/proc/self/status").Single(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[2], CultureInfo.InvariantCulture);

    private static bool IsConnected(JsonElement page) => page.GetProperty("control_plane").GetProperty("connected").GetBoolean();

    private static JsonElement Certificates(JsonElement page) => page.GetProperty("certificates");

    private static long Received(JsonElement page) => long.Parse(Certificates(page).GetProperty("received").GetString()!, CultureInfo.InvariantCulture);
}
