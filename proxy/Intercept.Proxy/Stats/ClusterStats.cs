using System.Collections.Concurrent;
using Intercept.Core.Addressing;
using Intercept.Mesh.LoadBalancing;

namespace Intercept.Proxy.Stats;

/// <summary>cluster.NAME.*, with Envoy's names.</summary>
internal sealed class ClusterStats : IHostLoad
{
    private readonly ConcurrentDictionary<NetEndpoint, EndpointStats> _endpoints = new();

    public ClusterStats(StatRegistry registry, string cluster)
    {
        var label = new StatLabel("envoy_cluster_name", cluster);
        Connections = registry.Counter("cluster", label, "upstream_cx_total");
        Active = registry.Gauge("cluster", label, "upstream_cx_active");
        ConnectFailures = registry.Counter("cluster", label, "upstream_cx_connect_fail");
        ConnectTimeouts = registry.Counter("cluster", label, "upstream_cx_connect_timeout");
        Overflows = registry.Counter("cluster", label, "upstream_cx_overflow");
        NoHealthyEndpoint = registry.Counter("cluster", label, "upstream_cx_none_healthy");
        Received = registry.Counter("cluster", label, "upstream_cx_rx_bytes_total");
        Sent = registry.Counter("cluster", label, "upstream_cx_tx_bytes_total");
        Tls = new TlsStats(registry, "cluster", label);
    }

    public Counter Connections { get; }

    public Gauge Active { get; }

    public Counter ConnectFailures { get; }

    public Counter ConnectTimeouts { get; }

    public Counter Overflows { get; }

    public Counter NoHealthyEndpoint { get; }

    public Counter Received { get; }

    public Counter Sent { get; }

    public TlsStats Tls { get; }

    public EndpointStats? Find(NetEndpoint endpoint) => _endpoints.GetValueOrDefault(endpoint);

    public long ConnectionsOf(NetEndpoint host) => Find(host)?.Active.Value ?? 0;

    /// <summary>Only for hosts that the configuration names: original destinations are without number.</summary>
    public EndpointStats Of(NetEndpoint endpoint) => _endpoints.GetOrAdd(endpoint, static _ => new EndpointStats());
}
