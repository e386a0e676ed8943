using Envoy.Config.Cluster.V3;
using Envoy.Config.Endpoint.V3;
using Intercept.Control.Model;
using Intercept.Control.Model.Services;
using DiscoveryType = Envoy.Config.Cluster.V3.Cluster.Types.DiscoveryType;

namespace Intercept.Control.Generation.Clusters;

internal static class OutboundCluster
{
    /// <param name="inline">Endpoints that stand in the cluster itself, or decide how it speaks; empty with EDS.</param>
    public static Cluster Build(ClusterPlan plan, ValueList<string> identities, ValueList<ServiceEndpoint> inline)
    {
        var cluster = new Cluster { Name = plan.Name };
        ApplyDiscovery(cluster, plan, inline);
        ConnectionLimits.Apply(cluster, plan.Policy.ConnectionPool, plan.Input.RetryBudget);
        LoadBalancing.Apply(cluster, plan);
        OutlierEjection.Apply(cluster, plan.Policy.OutlierDetection);
        UpstreamTransport.Apply(cluster, plan, identities, inline);
        if (plan.Input.Dialect == ProxyDialect.Http)
        {
            HttpOptions.Apply(cluster, plan.Port.Protocol, plan.Policy.ConnectionPool?.Http);
        }

        return cluster;
    }

    private static void ApplyDiscovery(Cluster cluster, ClusterPlan plan, ValueList<ServiceEndpoint> inline)
    {
        switch (plan.Discovery)
        {
            case ClusterDiscovery.Endpoints:
                cluster.Type = DiscoveryType.Eds;
                cluster.EdsClusterConfig = new Cluster.Types.EdsClusterConfig { EdsConfig = ConfigSources.Ads(), ServiceName = plan.Name };
                break;
            case ClusterDiscovery.OriginalDestination:
                cluster.Type = DiscoveryType.OriginalDst;
                break;
            default:
                ApplyNames(cluster, plan, inline);
                break;
        }
    }

    private static void ApplyNames(Cluster cluster, ClusterPlan plan, ValueList<ServiceEndpoint> inline)
    {
        var hosts = Hosts(plan, inline).ToList();

        // A name is resolved to all of its addresses already: LOGICAL_DNS takes one name.
        var isLogical = plan.Discovery == ClusterDiscovery.LogicalDns;
        if (hosts.Count == 0)
        {
            // There is nothing to resolve: every connection ends here.
            cluster.Type = DiscoveryType.Static;
            return;
        }

        cluster.Type = isLogical ? DiscoveryType.LogicalDns : DiscoveryType.StrictDns;

        // AUTO would be IPv6 alone where a name has it, which a proxy's network may not.
        cluster.DnsLookupFamily = Cluster.Types.DnsLookupFamily.All;
        cluster.LoadAssignment = new ClusterLoadAssignment
        {
            ClusterName = plan.Name,
            Endpoints = { new LocalityLbEndpoints { LbEndpoints = { isLogical ? hosts.Take(1) : hosts } } },
        };
    }

    // An ExternalName, or a DNS entry that lists no endpoints, is its own endpoint.
    private static IEnumerable<LbEndpoint> Hosts(ClusterPlan plan, ValueList<ServiceEndpoint> inline)
    {
        if (inline.IsEmpty && plan.Subset is null)
        {
            var name = plan.Service.ExternalName ?? (plan.Service.Registry == ServiceRegistry.ServiceEntry ? plan.Service.Host : null);
            return name is null || name.StartsWith('*')
                ? []
                : [EndpointAssignment.ToHost(name, plan.Port.Target.Name is null ? plan.Port.Target.Number : plan.Port.Port, 1)];
        }

        return inline.Select(endpoint => EndpointAssignment.ToHost(endpoint.Address, endpoint.Port, endpoint.Weight));
    }
}
