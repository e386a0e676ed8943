using Envoy.Config.Cluster.V3;
using Envoy.Type.V3;
using Google.Protobuf.WellKnownTypes;
using Intercept.Control.Model.Linkerd;
using ConnectionPool = Intercept.Control.Model.Traffic.ConnectionPool;
using KeepaliveProto = Envoy.Config.Core.V3.TcpKeepalive;
using RetryBudgetProto = Envoy.Config.Cluster.V3.CircuitBreakers.Types.Thresholds.Types.RetryBudget;

namespace Intercept.Control.Generation.Clusters;

internal static class ConnectionLimits
{
    // Istio's defaults: no limits but those that someone asked for.
    private static readonly TimeSpan _connectTimeout = TimeSpan.FromSeconds(10);

    public static void Apply(Cluster cluster, ConnectionPool? pool, RetryBudget? budget)
    {
        cluster.ConnectTimeout = Duration.FromTimeSpan(pool?.Tcp?.ConnectTimeout ?? _connectTimeout);
        cluster.CircuitBreakers = new CircuitBreakers
        {
            Thresholds =
            {
                new CircuitBreakers.Types.Thresholds
                {
                    MaxConnections = pool?.Tcp?.MaxConnections ?? uint.MaxValue,
                    MaxPendingRequests = pool?.Http?.Http1MaxPendingRequests ?? uint.MaxValue,
                    MaxRequests = pool?.Http?.Http2MaxRequests ?? uint.MaxValue,
                    MaxRetries = pool?.Http?.MaxRetries ?? uint.MaxValue,
                    TrackRemaining = true,
                    RetryBudget = ToRetryBudget(budget),
                },
            },
        };
        if (pool?.Tcp?.Keepalive is { } keepalive)
        {
            cluster.UpstreamConnectionOptions = new UpstreamConnectionOptions
            {
                TcpKeepalive = new KeepaliveProto
                {
                    KeepaliveProbes = keepalive.Probes,
                    KeepaliveTime = Seconds(keepalive.Time),
                    KeepaliveInterval = Seconds(keepalive.Interval),
                },
            };
        }
    }

    // Linkerd counts retries a second, Envoy those in flight: the fewest that are always allowed are the nearest to it.
    private static RetryBudgetProto? ToRetryBudget(RetryBudget? budget) => budget is null ? null : new RetryBudgetProto
    {
        BudgetPercent = new Percent { Value = Math.Clamp(budget.RetryRatio * 100, 0, 100) },
        MinRetryConcurrency = budget.MinRetriesPerSecond,
        BudgetInterval = Duration.FromTimeSpan(budget.Ttl),
    };

    private static uint? Seconds(TimeSpan? time) => time is { } value ? (uint)value.TotalSeconds : null;
}
