using System.Globalization;

namespace Intercept.Tests.Netns.Proxy.World;

/// <summary>Text of Envoy bootstraps, from the parts that a test is about.</summary>
internal static class Bootstrap
{
    private const string Types = "type.googleapis.com/envoy";

    internal static string Of(IEnumerable<string> listeners, IEnumerable<string> clusters) =>
        $"""
        static_resources:
          listeners:
        {string.Join('\n', listeners)}
          clusters:
        {string.Join('\n', clusters)}

        """;

    /// <param name="port">0 takes a free one.</param>
    internal static string Listener(string name, IEnumerable<string> chains, int port = 0, string filters = "", string extra = "", string direction = "INBOUND") =>
        $$"""
            - name: {{name}}
              traffic_direction: {{direction}}
              address: { socket_address: { address: 127.0.0.1, port_value: {{port.ToString(CultureInfo.InvariantCulture)}} } }
        {{(filters.Length > 0 ? "      listener_filters:\n" + filters : "")}}
        {{extra}}
              filter_chains:
        {{string.Join('\n', chains)}}
        """;

    internal static string OriginalDestinationFilter =>
        $$"""
                - name: envoy.filters.listener.original_dst
                  typed_config: { "@type": {{Types}}.extensions.filters.listener.original_dst.v3.OriginalDst }
        """;

    internal static string TlsInspector =>
        $$"""
                - name: envoy.filters.listener.tls_inspector
                  typed_config: { "@type": {{Types}}.extensions.filters.listener.tls_inspector.v3.TlsInspector }
        """;

    internal static string Chain(string name, string cluster, string? tls = null, string rbac = "", string match = "", string idleTimeout = "3600s") =>
        $$"""
                - name: {{name}}
        {{(match.Length > 0 ? $"          filter_chain_match: {{ {match} }}" : "")}}
        {{tls}}
                  filters:
        {{rbac}}
                    - name: envoy.filters.network.tcp_proxy
                      typed_config: { "@type": {{Types}}.extensions.filters.network.tcp_proxy.v3.TcpProxy, stat_prefix: {{name}}, cluster: {{cluster}}, idle_timeout: {{idleTimeout}} }
        """;

    internal static string DownstreamTls(CertificateFolder files, string handshakeTimeout = "10s", bool requiresCertificate = true) =>
        $$"""
                  transport_socket_connect_timeout: {{handshakeTimeout}}
                  transport_socket:
                    name: envoy.transport_sockets.tls
                    typed_config:
                      "@type": {{Types}}.extensions.transport_sockets.tls.v3.DownstreamTlsContext
                      require_client_certificate: {{(requiresCertificate ? "true" : "false")}}
                      common_tls_context:
                        tls_certificates:
                          - certificate_chain: { filename: {{files.Chain}} }
                            private_key: { filename: {{files.Key}} }
                        validation_context:
                          trusted_ca: { filename: {{files.Bundle}} }
                          match_typed_subject_alt_names:
                            - { san_type: URI, matcher: { prefix: "spiffe://cluster.local/" } }
        """;

    internal static string UpstreamTls(CertificateFolder files, string identity, string sessions = "") =>
        $$"""
              transport_socket:
                name: envoy.transport_sockets.tls
                typed_config:
                  "@type": {{Types}}.extensions.transport_sockets.tls.v3.UpstreamTlsContext
        {{(sessions.Length > 0 ? $"          {sessions}" : "")}}
                  common_tls_context:
                    tls_certificates:
                      - certificate_chain: { filename: {{files.Chain}} }
                        private_key: { filename: {{files.Key}} }
                    validation_context:
                      trusted_ca: { filename: {{files.Bundle}} }
                      match_typed_subject_alt_names:
                        - { san_type: URI, matcher: { exact: "{{identity}}" } }
        """;

    internal static string Rbac(string action, string policy, string principal) =>
        $$"""
                    - name: envoy.filters.network.rbac
                      typed_config:
                        "@type": {{Types}}.extensions.filters.network.rbac.v3.RBAC
                        stat_prefix: mesh
                        rules:
                          action: {{action}}
                          policies:
                            {{policy}}:
                              permissions: [ { any: true } ]
                              principals: [ { authenticated: { principal_name: { exact: "{{principal}}" } } } ]
        """;

    internal static string Cluster(string name, int port, string address = "127.0.0.1", string connectTimeout = "5s", string extra = "") =>
        $$"""
            - name: {{name}}
              type: STATIC
              connect_timeout: {{connectTimeout}}
        {{extra}}
              load_assignment: { cluster_name: {{name}}, endpoints: [ { lb_endpoints: [ { endpoint: { address: { socket_address: { address: {{address}}, port_value: {{port.ToString(CultureInfo.InvariantCulture)}} } } } } ] } ] }
        """;
}
