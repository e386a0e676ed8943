using System.Collections.Frozen;

namespace Intercept.Xds.Reading;

/// <summary>
/// The upstream fields that the proxy does not act on: refused by name, since to ignore one could open what its author
/// closed. Our protos have some of them, for the control plane writes them to other proxies. Fields in
/// <see cref="IgnoredFields"/> are excepted.
/// </summary>
internal static class UnsupportedFields
{
    private const string NeedsControlPlane = "needs a control plane, which this version does not connect to";
    private const string HttpOnly = "concerns HTTP, and this version proxies TCP";
    private const string WeakensVerification = "would weaken the verification of peers";

    private static readonly FrozenDictionary<string, string> _fields = new Dictionary<string, string>
    {
        ["envoy.config.bootstrap.v3.Admin"] =
            "access_log_path profile_path socket_options access_log ignore_global_conn_limit",
        ["envoy.config.bootstrap.v3.Bootstrap"] =
            "dynamic_resources cluster_manager flags_path stats_sinks stats_flush_interval watchdog tracing stats_config " +
            "hds_config overload_manager enable_dispatcher_stats layered_runtime header_prefix " +
            "stats_server_version_override use_tcp_for_dns_lookups bootstrap_extensions config_sources " +
            "default_config_source default_socket_interface certificate_provider_instances node_context_params watchdogs " +
            "fatal_actions stats_flush_on_admin dns_resolution_config typed_dns_resolver_config inline_headers " +
            "perf_tracing_file_path default_regex_engine xds_delegate_extension xds_config_tracker_extension " +
            "listener_manager application_log_config deferred_stat_options grpc_async_client_manager_config " +
            "memory_allocator_manager",
        ["envoy.config.bootstrap.v3.Bootstrap.StaticResources"] =
            "secrets",
        ["envoy.config.cluster.v3.CircuitBreakers"] =
            "per_host_thresholds",
        ["envoy.config.cluster.v3.CircuitBreakers.Thresholds"] =
            "max_pending_requests max_requests max_retries track_remaining max_connection_pools retry_budget",
        ["envoy.config.cluster.v3.Cluster"] =
            "eds_cluster_config per_connection_buffer_limit_bytes health_checks max_requests_per_connection " +
            "http_protocol_options http2_protocol_options dns_resolvers outlier_detection cleanup_interval lb_subset_config " +
            "ring_hash_lb_config metadata protocol_selection common_lb_config alt_stat_name common_http_protocol_options " +
            "upstream_connection_options close_connections_on_host_health_failure ignore_health_on_host_removal " +
            "typed_extension_protocol_options least_request_lb_config cluster_type respect_dns_ttl filters " +
            "load_balancing_policy lrs_server transport_socket_matches dns_failure_refresh_rate use_tcp_for_dns_lookups " +
            "upstream_http_protocol_options track_timeout_budgets upstream_config track_cluster_stats preconnect_policy " +
            "connection_pool_per_downstream_connection maglev_lb_config dns_resolution_config wait_for_warm_on_init " +
            "typed_dns_resolver_config round_robin_lb_config lrs_report_endpoint_metrics dns_jitter " +
            "transport_socket_matcher per_connection_buffer_high_watermark_timeout stats_matcher queuing_policies",
        ["envoy.config.cluster.v3.Cluster.OriginalDstLbConfig"] =
            "use_http_header http_header_name metadata_key",
        ["envoy.config.core.v3.Address"] =
            "pipe envoy_internal_address",
        ["envoy.config.core.v3.BindConfig"] =
            "freebind socket_options local_address_selector",
        ["envoy.config.core.v3.DataSource"] =
            "watched_directory",
        ["envoy.config.core.v3.ExtraSourceAddress"] =
            "socket_options",
        ["envoy.config.core.v3.Node"] =
            "user_agent_name user_agent_version user_agent_build_version extensions client_features listening_addresses " +
            "dynamic_parameters",
        ["envoy.config.core.v3.SocketAddress"] =
            "resolver_name ipv4_compat network_namespace_filepath",
        ["envoy.config.endpoint.v3.ClusterLoadAssignment"] =
            "policy named_endpoints",
        ["envoy.config.endpoint.v3.Endpoint"] =
            "health_check_config hostname additional_addresses observability_name",
        ["envoy.config.endpoint.v3.LbEndpoint"] =
            "metadata endpoint_name",
        ["envoy.config.endpoint.v3.LocalityLbEndpoints"] =
            "locality load_balancing_weight proximity load_balancer_endpoints leds_cluster_locality_config metadata",
        ["envoy.config.listener.v3.AdditionalAddress"] =
            "socket_options",
        ["envoy.config.listener.v3.Filter"] =
            "config_discovery",
        ["envoy.config.listener.v3.FilterChain"] =
            "use_proxy_proto metadata on_demand_configuration",
        ["envoy.config.listener.v3.FilterChainMatch"] =
            "address_suffix suffix_len source_type direct_source_prefix_ranges",
        ["envoy.config.listener.v3.Listener"] =
            "per_connection_buffer_limit_bytes metadata deprecated_v1 drain_type freebind tcp_fast_open_queue_length " +
            "socket_options udp_listener_config api_listener connection_balance_config reuse_port access_log " +
            "tcp_backlog_size internal_listener stat_prefix enable_reuse_port enable_mptcp ignore_global_conn_limit " +
            "filter_chain_matcher max_connections_to_accept_per_socket_event bypass_overload_manager fcds_config " +
            "tcp_keepalive per_connection_buffer_high_watermark_timeout stats_matcher",
        ["envoy.config.listener.v3.ListenerFilter"] =
            "filter_disabled config_discovery",
        ["envoy.config.rbac.v3.Permission"] =
            "header metadata url_path matcher uri_template sourced_metadata",
        ["envoy.config.rbac.v3.Policy"] =
            "condition checked_condition cel_config",
        ["envoy.config.rbac.v3.Principal"] =
            "header metadata url_path filter_state sourced_metadata custom",
        ["envoy.config.rbac.v3.RBAC"] =
            "audit_logging_options",
        ["envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector"] =
            "enable_ja3_fingerprinting initial_read_buffer_size",
        ["envoy.extensions.filters.network.rbac.v3.RBAC"] =
            "shadow_rules enforcement_type shadow_rules_stat_prefix matcher shadow_matcher delay_deny",
        ["envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy"] =
            "downstream_idle_timeout upstream_idle_timeout access_log max_connect_attempts metadata_match hash_policy " +
            "tunneling_config max_downstream_connection_duration on_demand access_log_flush_interval " +
            "flush_access_log_on_connected access_log_options backoff_options proxy_protocol_tlvs " +
            "max_downstream_connection_duration_jitter_percentage upstream_connect_mode max_early_data_bytes",
        ["envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.WeightedCluster.ClusterWeight"] =
            "metadata_match",
        ["envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext"] =
            "verify_certificate_hash verify_certificate_spki require_signed_certificate_timestamp crl " +
            "allow_expired_certificate match_subject_alt_names trust_chain_verification watched_directory " +
            "custom_validator_config ca_certificate_provider_instance only_verify_leaf_cert_crl max_verify_depth " +
            "system_root_certs",
        ["envoy.extensions.transport_sockets.tls.v3.CommonTlsContext"] =
            "tls_certificate_sds_secret_configs validation_context_sds_secret_config combined_validation_context " +
            "tls_certificate_certificate_provider validation_context_certificate_provider " +
            "tls_certificate_certificate_provider_instance validation_context_certificate_provider_instance " +
            "custom_handshaker tls_certificate_provider_instance key_log custom_tls_certificate_selector",
        ["envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext"] =
            "require_sni session_ticket_keys session_ticket_keys_sds_secret_config session_timeout " +
            "ocsp_staple_policy full_scan_certs_on_sni_mismatch " +
            "disable_stateful_session_resumption prefer_client_ciphers",
        ["envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher"] =
            "oid",
        ["envoy.extensions.transport_sockets.tls.v3.TlsCertificate"] =
            "password ocsp_staple signed_certificate_timestamp private_key_provider watched_directory pkcs12",
        ["envoy.extensions.transport_sockets.tls.v3.TlsParameters"] =
            "ecdh_curves signature_algorithms compliance_policies",
        ["envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext"] =
            "allow_renegotiation enforce_rsa_key_usage auto_host_sni auto_sni_san_validation",
        ["envoy.type.matcher.v3.RegexMatcher"] =
            "google_re2",
        ["envoy.type.matcher.v3.StringMatcher"] =
            "custom",
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, string> _reasons = new Dictionary<string, string>
    {
        ["dynamic_resources"] = NeedsControlPlane,
        ["tls_certificate_sds_secret_configs"] = NeedsControlPlane + "; name files in tls_certificates, they are read again when they change",
        ["validation_context_sds_secret_config"] = NeedsControlPlane + "; name a file in validation_context, it is read again when it changes",
        ["combined_validation_context"] = NeedsControlPlane + "; use validation_context",
        ["eds_cluster_config"] = NeedsControlPlane + "; give the endpoints in load_assignment",
        ["secrets"] = "is not supported; name the files in the TLS contexts that use them",
        ["match_subject_alt_names"] = "is deprecated; use match_typed_subject_alt_names with san_type URI",
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

    /// <summary>Why a field is refused, as a clause; null when upstream has no such field in this message.</summary>
    public static string? Find(string message, string field) =>
        _fields.TryGetValue(message, out var names) && names.Split(' ').Contains(field, StringComparer.Ordinal)
            ? _reasons.GetValueOrDefault(field, "is an Envoy field that this version does not support")
            : null;
}
