using Intercept.Mesh.Tls;
using Intercept.Xds;

namespace Intercept.Tests.Unit.Xds;

/// <summary>dynamic_resources: which control plane, and how it is known.</summary>
public sealed class ControlPlaneBootstrapTests
{
    private const string Istio = """
        node:
          id: sidecar~10.0.0.1~a.b~b.svc.cluster.local
          cluster: a.b
          metadata: { CLUSTER_ID: Kubernetes, LABELS: { app: a }, POD_PORTS: [1, true, null] }
          locality: { region: r, zone: z }
        dynamic_resources:
          lds_config: { ads: {}, initial_fetch_timeout: 0s, resource_api_version: V3 }
          cds_config: { ads: {}, initial_fetch_timeout: 0s, resource_api_version: V3 }
          ads_config:
            api_type: DELTA_GRPC
            transport_api_version: V3
            set_node_on_first_message_only: true
            grpc_services: [{ envoy_grpc: { cluster_name: xds-grpc } }]
        static_resources:
          clusters:
            - name: sds-grpc
              type: STATIC
              typed_extension_protocol_options: { }
              load_assignment:
                cluster_name: sds-grpc
                endpoints: [{ lb_endpoints: [{ endpoint: { address: { pipe: { path: ./var/run/secrets/workload-spiffe-uds/socket } } } }] }]
            - name: xds-grpc
              type: STATIC
              load_assignment:
                cluster_name: xds-grpc
                endpoints: [{ lb_endpoints: [{ endpoint: { address: { pipe: { path: ./etc/istio/proxy/XDS } } } }] }]
        """;

    private const string Tls = """
        node: { id: n, cluster: c }
        dynamic_resources:
          lds_config: { ads: {} }
          cds_config: { ads: {} }
          ads_config: { api_type: GRPC, grpc_services: [{ envoy_grpc: { cluster_name: control } }] }
        static_resources:
          clusters:
            - name: control
              type: STRICT_DNS
              load_assignment:
                cluster_name: control
                endpoints: [{ lb_endpoints: [{ endpoint: { address: { socket_address: { address: istiod.istio-system.svc, port_value: 15012 } } } }] }]
              transport_socket:
                name: tls
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
                  sni: istiod.istio-system.svc
                  common_tls_context:
                    validation_context:
                      trusted_ca: { filename: /var/run/secrets/istio/root-cert.pem }
        """;

    [Fact]
    public void Istio_s_agent_is_a_control_plane_behind_a_Unix_socket()
    {
        var result = BootstrapReader.Read("x.yaml", Istio);
        Assert.Equal("", string.Join('\n', result.Problems));
        var options = result.ControlPlane!;
        Assert.Equal("unix:./etc/istio/proxy/XDS", options.Address);
        Assert.True(options.Delta);
        Assert.Equal(TimeSpan.Zero, options.InitialFetchTimeout);
        Assert.Equal("sidecar~10.0.0.1~a.b~b.svc.cluster.local", options.Node.Id);
        Assert.Equal("""{"CLUSTER_ID":"Kubernetes","LABELS":{"app":"a"},"POD_PORTS":[1,true,null]}""", options.Node.Metadata);
        Assert.Equal(new NodeLocality("r", "z", ""), options.Node.Locality);
        Assert.Null(options.TrustPath);
        Assert.Empty(result.Snapshot!.Clusters);
    }

    [Fact]
    public void A_control_plane_across_the_network_is_known_by_its_certificate()
    {
        var result = BootstrapReader.Read("x.yaml", Tls);
        Assert.Equal("", string.Join('\n', result.Problems));
        var options = result.ControlPlane!;
        Assert.Equal("istiod.istio-system.svc:15012", options.Address);
        Assert.False(options.Delta);
        Assert.Equal(("/var/run/secrets/istio/root-cert.pem", "istiod.istio-system.svc"), (options.TrustPath, options.ServerName));
        Assert.Equal(ControlPlaneOptions.DefaultInitialFetchTimeout, options.InitialFetchTimeout);
    }

    [Fact]
    public void Without_dynamic_resources_there_is_none() => Assert.Null(BootstrapReader.Read("complete.yaml", Bootstraps.Text("complete.yaml")).ControlPlane);

    [Theory]
    [InlineData("api_type: DELTA_GRPC", "api_type: REST", "dynamic_resources.ads_config.api_type '1' is not supported; allowed: DELTA_GRPC or GRPC")]
    [InlineData("cluster_name: xds-grpc } }]", "cluster_name: other } }]", "dynamic_resources.ads_config.grpc_services[0].envoy_grpc.cluster_name 'other' is not a cluster of this configuration")]
    [InlineData("[{ envoy_grpc: { cluster_name: xds-grpc } }]", "[]", "dynamic_resources.ads_config.grpc_services '0 services' is not one cluster")]
    [InlineData("lds_config: { ads: {}, initial_fetch_timeout: 0s, resource_api_version: V3 }", "lds_config: { path: /a }", "dynamic_resources.lds_config.path is not supported: resources come over ADS")]
    [InlineData("  cds_config: { ads: {}, initial_fetch_timeout: 0s, resource_api_version: V3 }\n", "", "dynamic_resources.cds_config.ads is missing")]
    [InlineData("  id: sidecar~10.0.0.1~a.b~b.svc.cluster.local\n", "", "node.id is missing")]
    [InlineData("pipe: { path: ./etc/istio/proxy/XDS }", "pipe: { path: '' }", "is not where a server can be; allowed: host:port, [IPv6]:port or unix:/path")]
    [InlineData("pipe: { path: ./etc/istio/proxy/XDS }", "socket_address: { address: 10.0.0.1, port_value: 15010 }", "transport_socket is missing: policy would cross the network in the clear")]
    [InlineData("- name: xds-grpc\n", "- name: xds-grpc\n      http2_protocol_options: {}\n", "http2_protocol_options concerns HTTP")]
    public void What_cannot_be_a_control_plane_is_told(string from, string to, string problem)
    {
        Assert.Equal(2, Istio.Split(from).Length);
        var result = BootstrapReader.Read("x.yaml", Istio.Replace(from, to, StringComparison.Ordinal));
        Assert.Null(result.ControlPlane);
        Assert.Contains(problem, string.Join('\n', result.Problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("trusted_ca: { filename: /var/run/secrets/istio/root-cert.pem }", "match_typed_subject_alt_names: [{ san_type: URI, matcher: { exact: spiffe://a/b } }]", "is not the one name of a server; allowed: one matcher of san_type DNS with exact")]
    [InlineData("trusted_ca: { filename: /var/run/secrets/istio/root-cert.pem }", "trusted_ca: { inline_string: a }", "is inline")]
    [InlineData("          common_tls_context:\n            validation_context:\n              trusted_ca: { filename: /var/run/secrets/istio/root-cert.pem }", "          common_tls_context: {}", "validation_context is missing: any server would be believed")]
    public void A_control_plane_is_not_believed_for_less(string from, string to, string problem)
    {
        Assert.Equal(2, Tls.Split(from).Length);
        Assert.Contains(problem, string.Join('\n', BootstrapReader.Read("x.yaml", Tls.Replace(from, to, StringComparison.Ordinal)).Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Contexts_of_the_bootstrap_may_name_secrets()
    {
        var text = Bootstraps.Text("complete.yaml");
        const string Files = "                tls_certificates:";
        var at = text.IndexOf(Files, StringComparison.Ordinal);
        Assert.True(at > 0);
        var end = text.IndexOf("\n                validation_context:", at, StringComparison.Ordinal);
        Assert.True(end > at);
        var result = BootstrapReader.Read("x.yaml", text[..at] + "                tls_certificate_sds_secret_configs: [{ name: default }]" + text[end..]);
        Assert.Equal("", string.Join('\n', result.Problems));
        var contexts = result.Snapshot!.Listeners.SelectMany(listener => listener.FilterChains).Select(chain => chain.Tls?.Certificate)
            .Concat(result.Snapshot.Clusters.Values.Select(cluster => cluster.Tls?.Certificate));
        Assert.Contains(new SecretCertificate("default"), contexts);
    }
}
