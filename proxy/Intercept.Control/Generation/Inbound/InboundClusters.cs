using System.Globalization;
using Envoy.Config.Cluster.V3;
using Envoy.Config.Endpoint.V3;
using Intercept.Control.Generation.Clusters;
using Intercept.Control.Model.Traffic;
using Intercept.Xds.Discovery;
using DiscoveryType = Envoy.Config.Cluster.V3.Cluster.Types.DiscoveryType;

namespace Intercept.Control.Generation.Inbound;

internal static class InboundClusters
{
    public static GeneratedResource Build(InboundPort port, ProxyDialect dialect, ConnectionPool? pool)
    {
        var cluster = FixedClusters.Inbound(port.Cluster);
        ConnectionLimits.Apply(cluster, pool, null);
        if (port.DefaultEndpoint is { } endpoint)
        {
            ApplyEndpoint(cluster, endpoint);
        }

        if (dialect == ProxyDialect.Http)
        {
            HttpOptions.Apply(cluster, port.Protocol, pool?.Http);
        }

        return GeneratedResource.Of(ResourceType.Cluster, port.Cluster, cluster);
    }

    private static void ApplyEndpoint(Cluster cluster, string endpoint)
    {
        var colon = endpoint.LastIndexOf(':');
        if (colon < 0 || !int.TryParse(endpoint.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            // A Unix socket: no connection of ours reaches it, and none may end elsewhere.
            cluster.Type = DiscoveryType.Static;
            cluster.LbPolicy = Cluster.Types.LbPolicy.RoundRobin;
            return;
        }

        var host = endpoint[..colon].Trim('[', ']');
        if (host is Addresses.AnyIPv4 or Addresses.AnyIPv6)
        {
            cluster.OriginalDstLbConfig = new Cluster.Types.OriginalDstLbConfig { UpstreamPortOverride = (uint)port };
            return;
        }

        cluster.Type = DiscoveryType.Static;
        cluster.LbPolicy = Cluster.Types.LbPolicy.RoundRobin;
        cluster.LoadAssignment = new ClusterLoadAssignment
        {
            ClusterName = cluster.Name,
            Endpoints = { new LocalityLbEndpoints { LbEndpoints = { EndpointAssignment.ToHost(host, port, 1) } } },
        };
    }
}
