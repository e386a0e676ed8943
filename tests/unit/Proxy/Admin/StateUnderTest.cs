using System.Collections.Immutable;
using Intercept.Core.Addressing;
using Intercept.Core.Problems;
using Intercept.Mesh;
using Intercept.Mesh.Listeners;
using Intercept.Mesh.Tls;
using Intercept.Proxy.Admin;
using Intercept.Proxy.Admin.State;
using Intercept.Proxy.CommandLine;
using Intercept.Xds;
using Intercept.Xds.Certificates;
using Microsoft.Extensions.Logging;

namespace Intercept.Tests.Unit.Proxy.Admin;

/// <summary>A proxy that stands still: it answers what the test sets and keeps what it is told to do.</summary>
internal sealed class StateUnderTest : IProxyState
{
    private readonly List<string> _told = [];

    public ServerState State { get; set; } = ServerState.Live;

    public string? WaitsFor { get; set; }

    public ControlPlaneStatus? ControlPlane { get; set; }

    public CertificateProviderStatus? CertificateSource { get; set; }

    public List<Secret> AllSecrets { get; } = [];

    public TimeSpan Uptime { get; set; } = TimeSpan.FromSeconds(3725.9);

    public ProxyOptions Options { get; set; } = new()
    {
        ConfigPath = "/etc/intercept/bootstrap.yaml",
        ConfigYaml = null,
        Mode = ProxyMode.Serve,
        Concurrency = 2,
        LogLevel = LogLevel.Information,
        LogPath = null,
        ServiceNode = "sidecar~1",
        ServiceCluster = null,
        DrainTime = TimeSpan.FromSeconds(45),
        AccessLogPath = "-",
        HealthAddresses = [],
    };

    public ActiveConfiguration? Configuration { get; set; }

    public RefusedConfiguration? Refused { get; set; }

    public LogLevel LogLevel { get; set; } = LogLevel.Information;

    public ImmutableArray<Stat> AllStats { get; set; } =
    [
        Stat("cluster.mesh.upstream_cx_total", "cluster.upstream_cx_total", StatKind.Counter, 3, new StatTag("envoy_cluster_name", "mesh")),
        Stat("cluster.mesh.upstream_cx_active", "cluster.upstream_cx_active", StatKind.Gauge, 0, new StatTag("envoy_cluster_name", "mesh")),
        Stat("cluster.a\"b\\.upstream_cx_total", "cluster.upstream_cx_total", StatKind.Counter, 9_000_000_000, new StatTag("envoy_cluster_name", "a\"b\\")),
        Stat("server.live", "server.live", StatKind.Gauge, 1),
    ];

    /// <summary>What it was told to do, in order.</summary>
    public IReadOnlyList<string> Told
    {
        get
        {
            lock (_told)
            {
                return [.. _told];
            }
        }
    }

    public ImmutableArray<ListenerStatus> Listeners() =>
    [
        new("outbound", TrafficDirection.Outbound, [Endpoint("127.0.0.1:15001"), Endpoint("[::1]:15001")], IsDraining: false, 4),
        new("old", TrafficDirection.Inbound, [Endpoint("0.0.0.0:15006")], IsDraining: true, 1),
    ];

    public ImmutableArray<ClusterStatus> Clusters() =>
    [
        new("mesh", 0, []),
        new("web", 1024,
        [
            new EndpointStatus
            {
                Endpoint = Endpoint("10.0.0.1:80"),
                HostName = "web.shop",
                Weight = 3,
                IsHealthy = true,
                ActiveConnections = 1,
                TotalConnections = 5,
                ConnectFailures = 2,
            },
        ]),
    ];

    public ImmutableArray<CertificateStatus> Certificates() =>
    [
        new(
            [new CertificateDetails("/certs/bundle.pem", "01", [], Time(-100), Time(100))],
            [new CertificateDetails("/certs/chain.pem", "5f3a", ["spiffe://cluster.local/ns/demo/sa/server"], Time(-1), Time(1.5))]),
    ];

    public IEnumerable<Secret> Secrets() => AllSecrets;

    public IReadOnlyList<Stat> Stats() => AllStats;

    public void ResetCounters() => Tell("reset");

    public void DrainListeners(bool graceful, bool inboundOnly) => Tell($"drain graceful={graceful} inboundOnly={inboundOnly}");

    public void Quit() => Tell("quit");

    internal static DateTimeOffset Time(double days) => new DateTimeOffset(2026, 11, 24, 6, 44, 12, 123, TimeSpan.Zero).AddDays(days);

    internal static NetEndpoint Endpoint(string text) => NetEndpoint.TryParse(text, out var endpoint) ? endpoint : throw new FormatException(text);

    internal void Configure(MeshSnapshot snapshot) => Configuration = new ActiveConfiguration(snapshot, Time(0));

    internal void Refuse(params Problem[] problems) => Refused = new RefusedConfiguration(Time(0), [.. problems]);

    private static Stat Stat(string name, string family, StatKind kind, long value, params StatTag[] tags) =>
        new(name, family, [.. tags], kind, value, value != 0);

    private void Tell(string what)
    {
        lock (_told)
        {
            _told.Add(what);
        }
    }
}
