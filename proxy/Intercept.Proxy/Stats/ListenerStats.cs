namespace Intercept.Proxy.Stats;

/// <summary>listener.NAME.*, with Envoy's names where it has one.</summary>
internal sealed class ListenerStats
{
    public ListenerStats(StatRegistry registry, string listener)
    {
        var label = new StatLabel("envoy_listener_name", listener);
        Connections = registry.Counter("listener", label, "downstream_cx_total");
        Active = registry.Gauge("listener", label, "downstream_cx_active");
        OverSourceLimit = registry.Counter("listener", label, "downstream_cx_source_limit");
        AcceptPauses = registry.Counter("listener", label, "downstream_cx_accept_paused");
        FirstBytesTimeouts = registry.Counter("listener", label, "downstream_pre_cx_timeout");
        NoFilterChain = registry.Counter("listener", label, "no_filter_chain_match");
        OwnPort = registry.Counter("listener", label, "downstream_cx_to_own_port");
        Refused = registry.Counter("listener", label, "downstream_cx_listener_refused");
        Tls = new TlsStats(registry, "listener", label);
    }

    public Counter Connections { get; }

    public Gauge Active { get; }

    public Counter OverSourceLimit { get; }

    public Counter AcceptPauses { get; }

    public Counter FirstBytesTimeouts { get; }

    public Counter NoFilterChain { get; }

    /// <summary>Refused because they went straight to a port of the proxy.</summary>
    public Counter OwnPort { get; }

    /// <summary>Closed because the listener's configuration was refused.</summary>
    public Counter Refused { get; }

    public TlsStats Tls { get; }
}
