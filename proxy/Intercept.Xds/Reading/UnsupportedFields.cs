using System.Collections.Frozen;
using System.Globalization;

namespace Intercept.Xds.Reading;

/// <summary>
/// The upstream fields that the proxy does not act on: refused by name, since to ignore one could open what its author
/// closed. Our protos have some of them, for the control plane writes them to other proxies. Fields in
/// <see cref="IgnoredFields"/> are excepted.
/// </summary>
internal static class UnsupportedFields
{
    private const string OnlyAds = "is not supported: resources come over ADS";
    private const string HttpOnly = "concerns HTTP, and this version proxies TCP";
    private const string WeakensVerification = "would weaken the verification of peers";

    private static readonly FrozenDictionary<string, FrozenDictionary<string, int>> _fields = new Dictionary<string, string>
    {
        ["envoy.config.bootstrap.v3.Admin"] =
            "access_log_path:1 profile_path:2 socket_options:4 access_log:5 ignore_global_conn_limit:6",
        ["envoy.config.bootstrap.v3.Bootstrap"] =
            "cluster_manager:4 flags_path:5 stats_sinks:6 stats_flush_interval:7 watchdog:8 tracing:9 stats_config:13 " +
            "hds_config:14 overload_manager:15 enable_dispatcher_stats:16 layered_runtime:17 header_prefix:18 " +
            "stats_server_version_override:19 use_tcp_for_dns_lookups:20 bootstrap_extensions:21 config_sources:22 " +
            "default_config_source:23 default_socket_interface:24 certificate_provider_instances:25 node_context_params:26 " +
            "watchdogs:27 fatal_actions:28 stats_flush_on_admin:29 dns_resolution_config:30 typed_dns_resolver_config:31 " +
            "inline_headers:32 perf_tracing_file_path:33 default_regex_engine:34 xds_delegate_extension:35 " +
            "xds_config_tracker_extension:36 listener_manager:37 application_log_config:38 deferred_stat_options:39 " +
            "grpc_async_client_manager_config:40 memory_allocator_manager:41",
        ["envoy.config.bootstrap.v3.Bootstrap.DynamicResources"] =
            "lds_resources_locator:5 cds_resources_locator:6",
        ["envoy.config.bootstrap.v3.Bootstrap.StaticResources"] =
            "secrets:3",
        ["envoy.config.cluster.v3.CircuitBreakers"] =
            "per_host_thresholds:2",
        ["envoy.config.cluster.v3.CircuitBreakers.Thresholds"] =
            "max_pending_requests:3 max_requests:4 max_retries:5 track_remaining:6 max_connection_pools:7 retry_budget:8",
        ["envoy.config.cluster.v3.Cluster"] =
            "per_connection_buffer_limit_bytes:5 health_checks:8 max_requests_per_connection:9 http_protocol_options:13 " +
            "http2_protocol_options:14 dns_resolvers:18 outlier_detection:19 cleanup_interval:20 lb_subset_config:22 " +
            "ring_hash_lb_config:23 metadata:25 protocol_selection:26 common_lb_config:27 alt_stat_name:28 " +
            "common_http_protocol_options:29 upstream_connection_options:30 close_connections_on_host_health_failure:31 " +
            "ignore_health_on_host_removal:32 typed_extension_protocol_options:36 least_request_lb_config:37 cluster_type:38 " +
            "respect_dns_ttl:39 load_balancing_policy:41 lrs_server:42 dns_failure_refresh_rate:44 use_tcp_for_dns_lookups:45 " +
            "upstream_http_protocol_options:46 track_timeout_budgets:47 upstream_config:48 track_cluster_stats:49 " +
            "preconnect_policy:50 connection_pool_per_downstream_connection:51 maglev_lb_config:52 dns_resolution_config:53 " +
            "wait_for_warm_on_init:54 typed_dns_resolver_config:55 round_robin_lb_config:56 lrs_report_endpoint_metrics:57 " +
            "dns_jitter:58 transport_socket_matcher:59 per_connection_buffer_high_watermark_timeout:60 stats_matcher:61 " +
            "queuing_policies:62",
        ["envoy.config.cluster.v3.Cluster.OriginalDstLbConfig"] =
            "use_http_header:1 http_header_name:2 metadata_key:4",
        ["envoy.config.cluster.v3.Filter"] =
            "config_discovery:3",
        ["envoy.config.core.v3.Address"] =
            "envoy_internal_address:3",
        ["envoy.config.core.v3.ApiConfigSource"] =
            "cluster_names:2 refresh_delay:3 request_timeout:5 rate_limit_settings:6 config_validators:9",
        ["envoy.config.core.v3.BindConfig"] =
            "freebind:2 socket_options:3 local_address_selector:6",
        ["envoy.config.core.v3.ConfigSource"] =
            "path:1 self:5 authorities:7 path_config_source:8",
        ["envoy.config.core.v3.DataSource"] =
            "watched_directory:5",
        ["envoy.config.core.v3.ExtraSourceAddress"] =
            "socket_options:2",
        ["envoy.config.core.v3.GrpcService"] =
            "google_grpc:2 timeout:3 initial_metadata:5 retry_policy:6",
        ["envoy.config.core.v3.GrpcService.EnvoyGrpc"] =
            "retry_policy:3 max_receive_message_length:4 skip_envoy_headers:5",
        ["envoy.config.core.v3.Metadata"] =
            "typed_filter_metadata:2",
        ["envoy.config.core.v3.Node"] =
            "user_agent_name:6 user_agent_version:7 user_agent_build_version:8 extensions:9 client_features:10 " +
            "listening_addresses:11 dynamic_parameters:12",
        ["envoy.config.core.v3.Pipe"] =
            "mode:2",
        ["envoy.config.core.v3.SocketAddress"] =
            "resolver_name:5 ipv4_compat:6 network_namespace_filepath:7",
        ["envoy.config.endpoint.v3.ClusterLoadAssignment"] =
            "policy:4 named_endpoints:5",
        ["envoy.config.endpoint.v3.Endpoint"] =
            "health_check_config:2 hostname:3 additional_addresses:4 observability_name:5",
        ["envoy.config.endpoint.v3.LbEndpoint"] =
            "endpoint_name:5",
        ["envoy.config.endpoint.v3.LocalityLbEndpoints"] =
            "locality:1 load_balancing_weight:3 proximity:6 load_balancer_endpoints:7 leds_cluster_locality_config:8 " +
            "metadata:9",
        ["envoy.config.listener.v3.AdditionalAddress"] =
            "socket_options:2",
        ["envoy.config.listener.v3.Filter"] =
            "config_discovery:5",
        ["envoy.config.listener.v3.FilterChain"] =
            "use_proxy_proto:4 metadata:5 on_demand_configuration:8",
        ["envoy.config.listener.v3.FilterChainMatch"] =
            "address_suffix:4 suffix_len:5 source_type:12 direct_source_prefix_ranges:13",
        ["envoy.config.listener.v3.Listener"] =
            "per_connection_buffer_limit_bytes:5 metadata:6 deprecated_v1:7 drain_type:8 freebind:11 " +
            "tcp_fast_open_queue_length:12 socket_options:13 udp_listener_config:18 api_listener:19 " +
            "connection_balance_config:20 reuse_port:21 access_log:22 tcp_backlog_size:24 internal_listener:27 stat_prefix:28 " +
            "enable_reuse_port:29 enable_mptcp:30 ignore_global_conn_limit:31 filter_chain_matcher:32 " +
            "max_connections_to_accept_per_socket_event:34 bypass_overload_manager:35 fcds_config:36 tcp_keepalive:37 " +
            "per_connection_buffer_high_watermark_timeout:38 stats_matcher:39",
        ["envoy.config.listener.v3.ListenerFilter"] =
            "filter_disabled:4 config_discovery:5",
        ["envoy.config.rbac.v3.Permission"] =
            "header:4 metadata:7 url_path:10 matcher:12 uri_template:13 sourced_metadata:14",
        ["envoy.config.rbac.v3.Policy"] =
            "condition:3 checked_condition:4 cel_config:5",
        ["envoy.config.rbac.v3.Principal"] =
            "header:6 metadata:7 url_path:9 filter_state:12 sourced_metadata:13 custom:14",
        ["envoy.config.rbac.v3.RBAC"] =
            "audit_logging_options:3",
        ["envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector"] =
            "enable_ja3_fingerprinting:1 initial_read_buffer_size:2",
        ["envoy.extensions.filters.network.rbac.v3.RBAC"] =
            "shadow_rules:2 enforcement_type:4 shadow_rules_stat_prefix:5 matcher:6 shadow_matcher:7 delay_deny:8",
        ["envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy"] =
            "downstream_idle_timeout:3 upstream_idle_timeout:4 access_log:5 max_connect_attempts:7 metadata_match:9 " +
            "hash_policy:11 tunneling_config:12 max_downstream_connection_duration:13 on_demand:14 " +
            "access_log_flush_interval:15 flush_access_log_on_connected:16 access_log_options:17 backoff_options:18 " +
            "proxy_protocol_tlvs:19 max_downstream_connection_duration_jitter_percentage:20 upstream_connect_mode:21 " +
            "max_early_data_bytes:22",
        ["envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.WeightedCluster.ClusterWeight"] =
            "metadata_match:3",
        ["envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext"] =
            "verify_certificate_hash:2 verify_certificate_spki:3 require_signed_certificate_timestamp:6 crl:7 " +
            "allow_expired_certificate:8 trust_chain_verification:10 watched_directory:11 custom_validator_config:12 " +
            "ca_certificate_provider_instance:13 only_verify_leaf_cert_crl:14 max_verify_depth:16 system_root_certs:17",
        ["envoy.extensions.transport_sockets.tls.v3.CommonTlsContext"] =
            "tls_certificate_certificate_provider:9 validation_context_certificate_provider:10 " +
            "tls_certificate_certificate_provider_instance:11 validation_context_certificate_provider_instance:12 " +
            "custom_handshaker:13 tls_certificate_provider_instance:14 key_log:15 custom_tls_certificate_selector:16",
        ["envoy.extensions.transport_sockets.tls.v3.CommonTlsContext.CombinedCertificateValidationContext"] =
            "validation_context_certificate_provider:3 validation_context_certificate_provider_instance:4",
        ["envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext"] =
            "require_sni:3 session_ticket_keys:4 session_ticket_keys_sds_secret_config:5 session_timeout:6 " +
            "ocsp_staple_policy:8 full_scan_certs_on_sni_mismatch:9 disable_stateful_session_resumption:10 " +
            "prefer_client_ciphers:11",
        ["envoy.extensions.transport_sockets.tls.v3.Secret"] =
            "session_ticket_keys:3 generic_secret:5",
        ["envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher"] =
            "oid:3",
        ["envoy.extensions.transport_sockets.tls.v3.TlsCertificate"] =
            "password:3 ocsp_staple:4 signed_certificate_timestamp:5 private_key_provider:6 watched_directory:7 pkcs12:8",
        ["envoy.extensions.transport_sockets.tls.v3.TlsParameters"] =
            "ecdh_curves:4 signature_algorithms:5 compliance_policies:6",
        ["envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext"] =
            "allow_renegotiation:3 enforce_rsa_key_usage:5 auto_host_sni:6 auto_sni_san_validation:7",
        ["envoy.type.matcher.v3.RegexMatcher"] =
            "google_re2:1",
        ["envoy.type.matcher.v3.StringMatcher"] =
            "custom:8",
    }.ToFrozenDictionary(message => message.Key, message => Parse(message.Value));

    private static readonly FrozenDictionary<string, string> _reasons = new Dictionary<string, string>
    {
        ["secrets"] = "is not supported; name the files in the TLS contexts that use them",
        ["path"] = OnlyAds,
        ["self"] = OnlyAds,
        ["path_config_source"] = OnlyAds,
        ["authorities"] = OnlyAds,
        ["allow_expired_certificate"] = WeakensVerification,
        ["trust_chain_verification"] = WeakensVerification,
        ["system_root_certs"] = WeakensVerification,
        ["header"] = HttpOnly,
        ["url_path"] = HttpOnly,
        ["uri_template"] = HttpOnly,
        ["http_protocol_options"] = HttpOnly,
        ["http2_protocol_options"] = HttpOnly,
        ["common_http_protocol_options"] = HttpOnly,
        ["upstream_http_protocol_options"] = HttpOnly,
        ["typed_extension_protocol_options"] = HttpOnly,
        ["ipv4_compat"] = "is not supported; list an IPv4 and an IPv6 address, the second in additional_addresses",
    }.ToFrozenDictionary();

    /// <summary>The messages that upstream has more fields of than the proxy acts on.</summary>
    internal static IEnumerable<string> Messages => _fields.Keys;

    /// <summary>Why a field is refused, as a clause; null when upstream has no such field in this message.</summary>
    public static string? Find(string message, string field) =>
        _fields.TryGetValue(message, out var fields) && fields.ContainsKey(field)
            ? _reasons.GetValueOrDefault(field, "is an Envoy field that this version does not support")
            : null;

    /// <summary>The fields of a message that the proxy does not act on, with their numbers on the wire.</summary>
    public static IEnumerable<KeyValuePair<string, int>> Of(string message) => _fields.GetValueOrDefault(message, FrozenDictionary<string, int>.Empty);

    private static FrozenDictionary<string, int> Parse(string fields) => fields.Split(' ').Select(field => field.Split(':'))
        .ToFrozenDictionary(field => field[0], field => int.Parse(field[1], CultureInfo.InvariantCulture));
}
