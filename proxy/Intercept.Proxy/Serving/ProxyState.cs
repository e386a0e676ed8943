using System.Collections.Immutable;
using Intercept.Mesh.Clusters;
using Intercept.Mesh.Tls;
using Intercept.Proxy.Admin;
using Intercept.Proxy.Admin.State;
using Intercept.Proxy.CommandLine;
using Intercept.Proxy.Feeding;
using Intercept.Proxy.Logging;
using Intercept.Proxy.Plans;
using Intercept.Proxy.Stats;
using Intercept.Xds;
using Intercept.Xds.Certificates;
using Microsoft.Extensions.Logging;

namespace Intercept.Proxy.Serving;

/// <summary>What admin sees. On the control loop, like the server itself.</summary>
internal sealed class ProxyState(ProxyServer server, Feeds feeds, ProxyOptions options, StatRegistry registry, SecretStore secrets, ProxyLog log, TimeProvider time) : IProxyState
{
    private readonly long _start = time.GetTimestamp();

    public ServerState State => server.State;

    public string? WaitsFor => server.Readiness.Text;

    public TimeSpan Uptime => time.GetElapsedTime(_start);

    public ProxyOptions Options => options;

    public ActiveConfiguration? Configuration => server.Plan is { } plan ? new ActiveConfiguration(plan.Snapshot, server.PlanSince) : null;

    public RefusedConfiguration? Refused => server.Refused;

    public LogLevel LogLevel
    {
        get => log.Level;
        set => log.Level = value;
    }

    public ImmutableArray<ListenerStatus> Listeners() =>
    [
        .. server.Listeners.Select(listener => new ListenerStatus(
            listener.Configuration.Name,
            listener.Configuration.Direction,
            listener.Addresses,
            listener.IsDraining,
            server.Plan?.Find(listener.Configuration.Name)?.LazyStats.IfUsed?.Active.Value ?? 0)),
        .. server.Plan is { } plan
            ? plan.Listeners.Values.Where(listener => !listener.Listener.BindsToPort).Select(listener => new ListenerStatus(
                listener.Listener.Name, listener.Listener.Direction, listener.Listener.Addresses, IsDraining: false, listener.LazyStats.IfUsed?.Active.Value ?? 0))
            : [],
    ];

    public ImmutableArray<ClusterStatus> Clusters() =>
        server.Plan is { } plan ? [.. plan.Clusters.Values.OrderBy(cluster => cluster.Cluster.Name, StringComparer.Ordinal).Select(cluster => ToStatus(cluster) with
        {
            IsDynamic = plan.Snapshot.Discovered?.Clusters.ContainsKey(cluster.Cluster.Name) ?? false,
        })] : [];

    public ImmutableArray<CertificateStatus> Certificates() =>
        server.Plan is { } plan ? [.. plan.TlsSources.Select(source => source.Status)] : [];

    public IEnumerable<Secret> Secrets() => secrets.All;

    public IReadOnlyList<Stat> Stats() =>
    [
        .. registry.All.Select(stat => new Stat(
            stat.Text,
            stat.Family,
            [.. stat.Labels.Select(label => new StatTag(label.Name, label.Value))],
            stat.Counter is not null ? StatKind.Counter : StatKind.Gauge,
            stat.Value,
            stat.IsUsed)),
        new Stat("server.live", "server.live", [], StatKind.Gauge, State == ServerState.Live ? 1 : 0, true),
        new Stat("server.state", "server.state", [], StatKind.Gauge, (long)State, true),
        new Stat("server.uptime", "server.uptime", [], StatKind.Gauge, (long)Uptime.TotalSeconds, true),
        new Stat("server.concurrency", "server.concurrency", [], StatKind.Gauge, options.Concurrency, true),
        new Stat("server.days_until_first_cert_expiring", "server.days_until_first_cert_expiring", [], StatKind.Gauge, DaysUntilExpiry(), true),
        new Stat("listener_manager.total_listeners_active", "listener_manager.total_listeners_active", [], StatKind.Gauge, server.Listeners.Count, true),
        .. feeds.Stats(time.GetUtcNow()),
    ];

    public ControlPlaneStatus? ControlPlane => feeds.ControlPlane;

    public CertificateProviderStatus? CertificateSource => feeds.Certificates;


    public void ResetCounters() => registry.ResetCounters();

    public void DrainListeners(bool graceful, bool inboundOnly) => server.DrainListeners(graceful, inboundOnly);

    public void Quit() => server.Quit();

    private static ClusterStatus ToStatus(ClusterPlan cluster) =>
        new(
            cluster.Cluster.Name,
            cluster.Cluster.MaximumConnections,
            cluster.Cluster.Type == ClusterType.OriginalDestination
                ? []
                : [.. cluster.Endpoints.Select(host =>
                {
                    var stats = cluster.LazyStats.IfUsed?.Find(host.Endpoint);
                    return new EndpointStatus
                    {
                        Endpoint = host.Endpoint,
                        HostName = cluster.IsResolvedByName ? cluster.Cluster.Endpoints.FirstOrDefault(named => named.Port == host.Endpoint.Port)?.HostName ?? "" : "",
                        Weight = host.Weight,
                        IsHealthy = true,
                        ActiveConnections = stats?.Active.Value ?? 0,
                        TotalConnections = stats?.Connections.Value ?? 0,
                        ConnectFailures = stats?.ConnectFailures.Value ?? 0,
                    };
                })]);

    private long DaysUntilExpiry()
    {
        var expiries = server.Plan?.TlsSources.Select(source => source.CertificateExpiry).OfType<DateTimeOffset>().ToArray() ?? [];
        return expiries.Length == 0 ? int.MaxValue : Math.Max(0, (long)(expiries.Min() - time.GetUtcNow()).TotalDays);
    }
}
