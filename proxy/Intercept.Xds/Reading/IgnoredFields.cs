using System.Collections.Frozen;

namespace Intercept.Xds.Reading;

/// <summary>
/// The only upstream fields that are accepted without effect, each with the reason why nobody loses anything: bootstraps
/// in the field carry them, and none of them decides who may connect where.
/// </summary>
internal static class IgnoredFields
{
    private const string OwnStatistics = "statistics have their own names and their own endpoint";
    private const string OwnAccessLog = "every connection is logged in any case";
    private const string OwnBuffers = "relay buffers are bounded by the runtime";
    private const string HttpOnly = "limits HTTP requests only, and this version proxies TCP";
    private const string NobodyReads = "only other extensions read it";
    private const string OwnBalancing = "endpoints count by their weight alone";
    private const string NoHealthChecks = "endpoints are taken as the control plane says: nothing is probed or thrown out";
    private const string OwnStream = "there is one stream, to one control plane, with limits of its own";
    private const string AlwaysWatched = "certificate files are always watched";

    private static readonly FrozenDictionary<string, string> _reasons = new Dictionary<string, string>
    {
        ["envoy.config.bootstrap.v3.Admin.access_log"] = OwnAccessLog,
        ["envoy.config.bootstrap.v3.Admin.access_log_path"] = OwnAccessLog,
        ["envoy.config.bootstrap.v3.Admin.profile_path"] = "there is no CPU profiler to write a profile",
        ["envoy.config.bootstrap.v3.Bootstrap.stats_config"] = OwnStatistics,
        ["envoy.config.bootstrap.v3.Bootstrap.stats_flush_interval"] = OwnStatistics,
        ["envoy.config.bootstrap.v3.Bootstrap.stats_flush_on_admin"] = OwnStatistics,
        ["envoy.config.bootstrap.v3.Bootstrap.stats_server_version_override"] = OwnStatistics,
        ["envoy.config.bootstrap.v3.Bootstrap.deferred_stat_options"] = OwnStatistics,
        ["envoy.config.bootstrap.v3.Bootstrap.enable_dispatcher_stats"] = OwnStatistics,
        ["envoy.config.bootstrap.v3.Bootstrap.watchdog"] = "event loops are not watched by a second thread",
        ["envoy.config.bootstrap.v3.Bootstrap.watchdogs"] = "event loops are not watched by a second thread",
        ["envoy.config.bootstrap.v3.Bootstrap.memory_allocator_manager"] = "there is no tcmalloc to tune",
        ["envoy.config.core.v3.Node.user_agent_name"] = "Intercept gives its own name",
        ["envoy.config.core.v3.Node.user_agent_version"] = "Intercept gives its own version",
        ["envoy.config.core.v3.Node.user_agent_build_version"] = "Intercept gives its own version",
        ["envoy.config.core.v3.DataSource.watched_directory"] = AlwaysWatched,
        ["envoy.config.listener.v3.Listener.stat_prefix"] = OwnStatistics,
        ["envoy.config.listener.v3.Listener.access_log"] = OwnAccessLog,
        ["envoy.config.listener.v3.Listener.metadata"] = NobodyReads,
        ["envoy.config.listener.v3.Listener.per_connection_buffer_limit_bytes"] = OwnBuffers,
        ["envoy.config.listener.v3.Listener.tcp_backlog_size"] = "the listen backlog is the kernel's maximum",
        ["envoy.config.listener.v3.Listener.reuse_port"] = "every event loop has its own SO_REUSEPORT socket",
        ["envoy.config.listener.v3.Listener.enable_reuse_port"] = "every event loop has its own SO_REUSEPORT socket",
        ["envoy.config.listener.v3.Listener.connection_balance_config"] = "SO_REUSEPORT spreads connections over the event loops",
        ["envoy.config.listener.v3.Listener.max_connections_to_accept_per_socket_event"] = "the event loop bounds its own turns",
        ["envoy.config.listener.v3.Listener.drain_type"] = "draining does not differ by listener",
        ["envoy.config.listener.v3.Listener.bypass_overload_manager"] = "there is no overload manager",
        ["envoy.config.listener.v3.Listener.ignore_global_conn_limit"] = "there is no global limit but that of descriptors, which nobody can ignore",
        ["envoy.config.listener.v3.Listener.tcp_keepalive"] = "keepalive of downstream connections is the runtime's",
        ["envoy.config.listener.v3.ListenerFilter.filter_disabled"] = "first bytes are waited for only where a filter chain asks about them",
        ["envoy.config.listener.v3.FilterChain.metadata"] = NobodyReads,
        ["envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector.enable_ja3_fingerprinting"] = "fingerprints are not logged",
        ["envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector.initial_read_buffer_size"] = OwnBuffers,
        ["envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.access_log"] = OwnAccessLog,
        ["envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.access_log_flush_interval"] = OwnAccessLog,
        ["envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.access_log_options"] = OwnAccessLog,
        ["envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.flush_access_log_on_connected"] = OwnAccessLog,
        ["envoy.extensions.filters.network.rbac.v3.RBAC.enforcement_type"] =
            "policy is always enforced at accept and again whenever it changes, which is stricter than either type",
        ["envoy.config.cluster.v3.Cluster.alt_stat_name"] = OwnStatistics,
        ["envoy.config.cluster.v3.Cluster.metadata"] = NobodyReads,
        ["envoy.config.cluster.v3.Cluster.per_connection_buffer_limit_bytes"] = OwnBuffers,
        ["envoy.config.cluster.v3.Cluster.track_cluster_stats"] = OwnStatistics,
        ["envoy.config.cluster.v3.Cluster.common_lb_config"] = OwnBalancing,
        ["envoy.config.cluster.v3.Cluster.least_request_lb_config"] = "of two endpoints picked by chance the one with fewer connections is taken",
        ["envoy.config.cluster.v3.Cluster.round_robin_lb_config"] = OwnBalancing,
        ["envoy.config.cluster.v3.Cluster.outlier_detection"] = NoHealthChecks,
        ["envoy.config.cluster.v3.Cluster.close_connections_on_host_health_failure"] = NoHealthChecks,
        ["envoy.config.cluster.v3.Cluster.ignore_health_on_host_removal"] = NoHealthChecks,
        ["envoy.config.cluster.v3.Cluster.typed_extension_protocol_options"] = "options of HTTP, and this version proxies TCP",
        ["envoy.config.cluster.v3.Cluster.upstream_connection_options"] = "keepalive of upstream connections is the runtime's",
        ["envoy.config.cluster.v3.Cluster.respect_dns_ttl"] = "names are asked for again at dns_refresh_rate",
        ["envoy.config.cluster.v3.Cluster.cleanup_interval"] = "no list of original destinations is kept",
        ["envoy.config.cluster.v3.CircuitBreakers.Thresholds.max_pending_requests"] = HttpOnly,
        ["envoy.config.cluster.v3.CircuitBreakers.Thresholds.max_requests"] = HttpOnly,
        ["envoy.config.cluster.v3.CircuitBreakers.Thresholds.max_retries"] = HttpOnly,
        ["envoy.config.cluster.v3.CircuitBreakers.Thresholds.retry_budget"] = HttpOnly,
        ["envoy.config.cluster.v3.CircuitBreakers.Thresholds.track_remaining"] = OwnStatistics,
        ["envoy.config.endpoint.v3.Endpoint.hostname"] = "only HTTP host rewriting and health checks read it",
        ["envoy.config.core.v3.ApiConfigSource.rate_limit_settings"] = OwnStream,
        ["envoy.config.core.v3.ApiConfigSource.refresh_delay"] = OwnStream,
        ["envoy.config.core.v3.ApiConfigSource.request_timeout"] = OwnStream,
        ["envoy.config.core.v3.GrpcService.timeout"] = OwnStream,
        ["envoy.config.core.v3.GrpcService.retry_policy"] = OwnStream,
        ["envoy.config.core.v3.GrpcService.EnvoyGrpc.retry_policy"] = OwnStream,
        ["envoy.config.core.v3.GrpcService.EnvoyGrpc.max_receive_message_length"] = OwnStream,
        ["envoy.config.core.v3.GrpcService.EnvoyGrpc.skip_envoy_headers"] = OwnStream,
        ["envoy.config.core.v3.Metadata.typed_filter_metadata"] = NobodyReads,
        ["envoy.config.endpoint.v3.ClusterLoadAssignment.policy"] = OwnBalancing,
        ["envoy.config.endpoint.v3.Endpoint.health_check_config"] = NoHealthChecks,
        ["envoy.config.endpoint.v3.Endpoint.additional_addresses"] = "the first address is used",
        ["envoy.config.endpoint.v3.Endpoint.observability_name"] = OwnStatistics,
        ["envoy.config.endpoint.v3.LocalityLbEndpoints.load_balancing_weight"] = OwnBalancing,
        ["envoy.config.endpoint.v3.LocalityLbEndpoints.proximity"] = OwnBalancing,
        ["envoy.config.endpoint.v3.LocalityLbEndpoints.locality"] = "without locality-weighted balancing it is a label",
        ["envoy.config.endpoint.v3.LocalityLbEndpoints.metadata"] = NobodyReads,
        ["envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext.watched_directory"] = AlwaysWatched,
        ["envoy.extensions.transport_sockets.tls.v3.TlsCertificate.watched_directory"] = AlwaysWatched,
    }.ToFrozenDictionary();

    public static bool Contains(string message, string field) => Find(message, field) is not null;

    /// <summary>Why a field may be ignored, as a clause; null when it may not.</summary>
    public static string? Find(string message, string field) => _reasons.GetValueOrDefault($"{message}.{field}");

    internal static IEnumerable<KeyValuePair<string, string>> All => _reasons;
}
