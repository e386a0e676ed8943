using Envoy.Config.Listener.V3;
using Envoy.Config.Rbac.V3;
using Envoy.Extensions.Filters.Network.TcpProxy.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Intercept.Control.Generation.Traffic;
using Intercept.Control.Model;
using NetworkRbac = Envoy.Extensions.Filters.Network.Rbac.V3.RBAC;

namespace Intercept.Control.Generation.Listeners;

internal static class NetworkFilters
{
    private const string RbacStatPrefix = "tcp.";

    public static Filter TcpProxy(string statPrefix, ValueList<WeightedTarget> clusters, TimeSpan? idleTimeout = null)
    {
        var proxy = new TcpProxy { StatPrefix = statPrefix, IdleTimeout = idleTimeout is { } idle ? Duration.FromTimeSpan(idle) : null };
        if (clusters.Count == 1)
        {
            proxy.Cluster = clusters[0].Cluster;
        }
        else
        {
            proxy.WeightedClusters = new TcpProxy.Types.WeightedCluster
            {
                Clusters = { clusters.Select(target => new TcpProxy.Types.WeightedCluster.Types.ClusterWeight { Name = target.Cluster, Weight = target.Weight }) },
            };
        }

        return Of("envoy.filters.network.tcp_proxy", proxy);
    }

    public static Filter TcpProxy(string cluster) => TcpProxy(cluster, [new WeightedTarget(cluster, 1)]);

    public static Filter Rbac(RBAC rules) =>
        Of("envoy.filters.network.rbac", new NetworkRbac { Rules = rules, StatPrefix = RbacStatPrefix });

    public static Filter Of(string name, IMessage config) => new() { Name = name, TypedConfig = config.Packed() };
}
