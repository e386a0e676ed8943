using Envoy.Config.Cluster.V3;
using Google.Protobuf.WellKnownTypes;
using Intercept.Control.Model.Traffic;
using LbPolicy = Envoy.Config.Cluster.V3.Cluster.Types.LbPolicy;

namespace Intercept.Control.Generation.Clusters;

internal static class LoadBalancing
{
    private const ulong MinimumRingSize = 1024;

    public static void Apply(Cluster cluster, ClusterPlan plan)
    {
        var settings = plan.Policy.LoadBalancer;
        if (plan.Discovery == ClusterDiscovery.OriginalDestination)
        {
            cluster.LbPolicy = LbPolicy.ClusterProvided;
        }
        else if (settings?.ConsistentHash is { } hash && plan.Input.Dialect != ProxyDialect.Tcp)
        {
            ApplyHash(cluster, hash, plan.Input.Dialect);
        }
        else if (plan.Input.Dialect == ProxyDialect.Grpc)
        {
            cluster.LbPolicy = LbPolicy.RoundRobin;
        }
        else
        {
            ApplySimple(cluster, settings);
        }
    }

    private static void ApplySimple(Cluster cluster, LoadBalancerSettings? settings)
    {
        var slowStart = settings?.Warmup is { } warmup
            ? new Cluster.Types.SlowStartConfig { SlowStartWindow = Duration.FromTimeSpan(warmup) }
            : null;
        switch (settings?.Simple)
        {
            case SimpleLoadBalancer.RoundRobin:
                cluster.LbPolicy = LbPolicy.RoundRobin;
                cluster.RoundRobinLbConfig = slowStart is null ? null : new Cluster.Types.RoundRobinLbConfig { SlowStartConfig = slowStart };
                break;
            case SimpleLoadBalancer.Random:
                cluster.LbPolicy = LbPolicy.Random;
                break;
            default:
                cluster.LbPolicy = LbPolicy.LeastRequest;
                cluster.LeastRequestLbConfig = slowStart is null ? null : new Cluster.Types.LeastRequestLbConfig { SlowStartConfig = slowStart };
                break;
        }
    }

    private static void ApplyHash(Cluster cluster, ConsistentHash hash, ProxyDialect dialect)
    {
        if (hash.IsMaglev && dialect != ProxyDialect.Grpc)
        {
            cluster.LbPolicy = LbPolicy.Maglev;
            cluster.MaglevLbConfig = hash.MaglevTableSize is { } size ? new Cluster.Types.MaglevLbConfig { TableSize = size } : null;
            return;
        }

        cluster.LbPolicy = LbPolicy.RingHash;
        cluster.RingHashLbConfig = new Cluster.Types.RingHashLbConfig { MinimumRingSize = hash.MinimumRingSize ?? MinimumRingSize };
    }
}
