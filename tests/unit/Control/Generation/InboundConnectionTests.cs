using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;
using Intercept.Control.Model.Security;
using Intercept.Control.Model.Services;
using Intercept.Control.Model.Traffic;
using static Intercept.Tests.Unit.Control.Generation.Generated;
using static Intercept.Tests.Unit.Control.Generation.InboundSide;
using static Intercept.Tests.Unit.Control.Generation.MeshUnderTest;

namespace Intercept.Tests.Unit.Control.Generation;

/// <summary>Which connections reach a workload, and how: Istio's table of mTLS modes and protocols.</summary>
public sealed class InboundConnectionTests
{
    private const string MeshTcp = "istio";
    private const string MeshHttp = "istio-http/1.1";

    private static MeshUnderTest Mesh => new MeshUnderTest()
        .Service("web", "10.96.0.10", [(80, 8080, PortProtocol.Http), (5432, 5432, PortProtocol.Tcp), (7000, 7000, PortProtocol.Auto)]);

    [Theory]
    [InlineData(nameof(MtlsMode.Unset), 5432, MeshTcp, "0.0.0.0_5432-mtls+ -> inbound|5432||")]
    [InlineData(nameof(MtlsMode.Unset), 5432, MeshHttp, "0.0.0.0_5432-mtls+ -> inbound|5432||")]
    [InlineData(nameof(MtlsMode.Unset), 5432, "h2", "0.0.0.0_5432-tls -> inbound|5432||")]
    [InlineData(nameof(MtlsMode.Unset), 5432, "", "0.0.0.0_5432-tls -> inbound|5432||")]
    [InlineData(nameof(MtlsMode.Unset), 5432, null, "0.0.0.0_5432-plaintext -> inbound|5432||")]
    [InlineData(nameof(MtlsMode.Permissive), 8080, MeshTcp, "0.0.0.0_8080-mtls+ -> inbound|8080||")]
    [InlineData(nameof(MtlsMode.Permissive), 8080, null, "0.0.0.0_8080-plaintext -> inbound|8080||")]
    [InlineData(nameof(MtlsMode.Strict), 5432, MeshTcp, "0.0.0.0_5432-mtls+ -> inbound|5432||")]
    [InlineData(nameof(MtlsMode.Strict), 5432, "h2", "0.0.0.0_5432-mtls+ -> inbound|5432||")]
    [InlineData(nameof(MtlsMode.Strict), 5432, null, null)]
    [InlineData(nameof(MtlsMode.Disable), 5432, MeshTcp, "0.0.0.0_5432-plaintext -> inbound|5432||")]
    [InlineData(nameof(MtlsMode.Disable), 5432, null, "0.0.0.0_5432-plaintext -> inbound|5432||")]
    [InlineData(nameof(MtlsMode.Permissive), 9999, MeshTcp, "virtualInbound-mtls+ -> InboundPassthroughCluster")]
    [InlineData(nameof(MtlsMode.Permissive), 9999, null, "virtualInbound-plaintext -> InboundPassthroughCluster")]
    [InlineData(nameof(MtlsMode.Strict), 9999, null, null)]
    [InlineData(nameof(MtlsMode.Disable), 9999, "h2", "virtualInbound-plaintext -> InboundPassthroughCluster")]
    [InlineData(nameof(MtlsMode.Permissive), 15006, null, "virtualInbound-blackhole -> BlackHoleCluster")]
    public void A_proxy_of_connections_takes_them_by_mode(string mode, int port, string? alpn, string? chain) =>
        Assert.Equal(chain, new InboundSide(For(Mesh.Authenticate(InMesh(Mode(mode))), "web-0")).Select(Query(port, alpn)));

    [Theory]
    [InlineData(nameof(MtlsMode.Permissive), 8080, MeshHttp, "0.0.0.0_8080-mtls+ -> http inbound|8080||")]
    [InlineData(nameof(MtlsMode.Permissive), 8080, MeshTcp, "0.0.0.0_8080-mtls+ -> http inbound|8080||")]
    [InlineData(nameof(MtlsMode.Permissive), 8080, null, "0.0.0.0_8080-plaintext -> http inbound|8080||")]
    [InlineData(nameof(MtlsMode.Permissive), 8080, "h2", null)]
    [InlineData(nameof(MtlsMode.Permissive), 7000, MeshHttp, "0.0.0.0_7000-mtls-http+ -> http inbound|7000||")]
    [InlineData(nameof(MtlsMode.Permissive), 7000, MeshTcp, "0.0.0.0_7000-mtls+ -> inbound|7000||")]
    [InlineData(nameof(MtlsMode.Permissive), 7000, "h2", "0.0.0.0_7000-tls -> inbound|7000||")]
    [InlineData(nameof(MtlsMode.Permissive), 7000, null, "0.0.0.0_7000-plaintext -> inbound|7000||")]
    [InlineData(nameof(MtlsMode.Strict), 7000, MeshHttp, "0.0.0.0_7000-mtls-http+ -> http inbound|7000||")]
    [InlineData(nameof(MtlsMode.Strict), 7000, MeshTcp, "0.0.0.0_7000-mtls+ -> inbound|7000||")]
    [InlineData(nameof(MtlsMode.Strict), 7000, null, null)]
    [InlineData(nameof(MtlsMode.Strict), 8080, "h2", "0.0.0.0_8080-mtls+ -> http inbound|8080||")]
    [InlineData(nameof(MtlsMode.Disable), 8080, null, "0.0.0.0_8080-plaintext -> http inbound|8080||")]
    public void A_proxy_that_speaks_http_looks_into_requests_where_there_are_some(string mode, int port, string? alpn, string? chain) =>
        Assert.Equal(chain, new InboundSide(For(Mesh.Authenticate(InMesh(Mode(mode))), "web-0", "tcp,http")).Select(Query(port, alpn)));

    [Fact]
    public void Http_without_tls_is_told_by_its_first_bytes_where_the_protocol_is_not_said() =>
        Assert.Equal(
            "0.0.0.0_7000-plaintext-http -> http inbound|7000||",
            new InboundSide(For(Mesh, "web-0", "tcp,http")).Select(Plaintext(7000) with { ApplicationProtocols = ["http/1.1"] }));

    [Theory]
    [InlineData(nameof(MtlsMode.Strict), nameof(MtlsMode.Unset), nameof(MtlsMode.Unset), nameof(MtlsMode.Unset), false)]
    [InlineData(nameof(MtlsMode.Strict), nameof(MtlsMode.Permissive), nameof(MtlsMode.Unset), nameof(MtlsMode.Unset), true)]
    [InlineData(nameof(MtlsMode.Disable), nameof(MtlsMode.Permissive), nameof(MtlsMode.Strict), nameof(MtlsMode.Unset), false)]
    [InlineData(nameof(MtlsMode.Strict), nameof(MtlsMode.Unset), nameof(MtlsMode.Strict), nameof(MtlsMode.Permissive), true)]
    [InlineData(nameof(MtlsMode.Permissive), nameof(MtlsMode.Unset), nameof(MtlsMode.Unset), nameof(MtlsMode.Strict), false)]
    public void The_nearest_policy_says_the_mode(string mesh, string inNamespace, string workload, string port, bool takesPlaintext)
    {
        var policies = new[]
        {
            InMesh(Mode(mesh)),
            new PeerAuthentication(Meta("shop", "default"), null, Mode(inNamespace), []),
            new PeerAuthentication(Meta("shop", "web"), Selector("web"), Mode(workload), [new PortMtls(5432, Mode(port))]),
            new PeerAuthentication(Meta("other", "default"), null, MtlsMode.Disable, []),
            new PeerAuthentication(Meta("shop", "client"), Selector("client"), MtlsMode.Disable, []),
        };

        Assert.Equal(takesPlaintext, new InboundSide(For(Mesh.Authenticate(policies), "web-0")).Select(Plaintext(5432)) is not null);
    }

    [Fact]
    public void A_port_that_only_a_policy_names_has_its_mode()
    {
        var mesh = Mesh.Authenticate(new PeerAuthentication(Meta("shop", "web"), Selector("web"), MtlsMode.Strict, [new PortMtls(6000, MtlsMode.Disable)]));
        var inbound = new InboundSide(For(mesh, "web-0"));

        Assert.Equal("0.0.0.0_6000-plaintext -> InboundPassthroughCluster", inbound.Select(Plaintext(6000)));
        Assert.Null(inbound.Select(Plaintext(6001)));
    }

    [Fact]
    public void Clients_must_show_a_certificate_and_the_application_sees_connections_from_the_proxys_own_address()
    {
        var generated = For(Mesh, "web-0");

        var chain = generated.Listener("virtualInbound").FilterChains.First(chain => chain.TransportSocket is not null);
        var tls = Open<DownstreamTlsContext>(chain.TransportSocket.TypedConfig);
        Assert.True(tls.RequireClientCertificate);
        Assert.Equal("ROOTCA", tls.CommonTlsContext.CombinedValidationContext.ValidationContextSdsSecretConfig.Name);
        Assert.Empty(tls.CommonTlsContext.AlpnProtocols);
        var cluster = generated.Cluster("inbound|8080||");
        Assert.Equal("127.0.0.6", cluster.UpstreamBindConfig.SourceAddress.Address);
        Assert.Equal("::6", cluster.UpstreamBindConfig.ExtraSourceAddresses.Single().Address.Address);
    }

    [Fact]
    public void Requests_carry_policies_where_there_are_requests()
    {
        var mesh = Mesh.Authorize(new AuthorizationPolicy(Meta("shop", "none"), null, AuthorizationAction.Allow, [], null));

        var chain = For(mesh, "web-0", "tcp,http").Listener("virtualInbound").FilterChains.Single(chain => chain.Name == "0.0.0.0_8080-mtls");

        Assert.Equal(["envoy.filters.http.rbac", "envoy.filters.http.router"], Manager(chain).HttpFilters.Select(filter => filter.Name));
        Assert.Equal(HttpConnectionManager.Types.ForwardClientCertDetails.AppendForward, Manager(chain).ForwardClientCertDetails);
    }

    [Fact]
    public void A_sidecars_ingress_takes_the_place_of_the_services_ports()
    {
        var mesh = Mesh.Scope(new Sidecar(
            Meta("shop", "web"),
            Selector("web"),
            [
                new IngressListener(new ServicePort("a", 9000, new TargetPort(9000, null), PortProtocol.Tcp), null, CaptureMode.Default, "127.0.0.1:8080", null),
                new IngressListener(new ServicePort("b", 9001, new TargetPort(9001, null), PortProtocol.Tcp), null, CaptureMode.Default, "0.0.0.0:8081", null),
            ],
            null,
            null,
            null));

        var generated = For(mesh, "web-0");

        Assert.Equal("0.0.0.0_9000-plaintext -> inbound|9000||", new InboundSide(generated).Select(Plaintext(9000)));
        Assert.Equal("virtualInbound-plaintext -> InboundPassthroughCluster", new InboundSide(generated).Select(Plaintext(8080)));
        Assert.Equal(8080u, generated.Cluster("inbound|9000||").LoadAssignment.Endpoints[0].LbEndpoints[0].Endpoint.Address.SocketAddress.PortValue);
        Assert.Equal(8081u, generated.Cluster("inbound|9001||").OriginalDstLbConfig.UpstreamPortOverride);
    }

    private static MtlsMode Mode(string name) => Enum.Parse<MtlsMode>(name);

    private static PeerAuthentication InMesh(MtlsMode mode) => new(Meta("istio-system", "default"), null, mode, []);

    // Null is plaintext, empty is TLS without ALPN.
    private static Intercept.Mesh.Listeners.Selection.ChainQuery Query(int port, string? alpn) => alpn switch
    {
        null => Plaintext(port),
        "" => Tls(port),
        _ => Tls(port, alpn),
    };
}
