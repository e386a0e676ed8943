namespace Intercept.Proxy.Stats;

/// <summary>tcp.STAT_PREFIX.*</summary>
internal sealed class ChainStats
{
    public ChainStats(StatRegistry registry, string prefix)
    {
        var label = new StatLabel("envoy_tcp_prefix", prefix);
        Connections = registry.Counter("tcp", label, "downstream_cx_total");
        Received = registry.Counter("tcp", label, "downstream_cx_rx_bytes_total");
        Sent = registry.Counter("tcp", label, "downstream_cx_tx_bytes_total");
        IdleTimeouts = registry.Counter("tcp", label, "idle_timeout");
    }

    public Counter Connections { get; }

    public Counter Received { get; }

    public Counter Sent { get; }

    public Counter IdleTimeouts { get; }
}
