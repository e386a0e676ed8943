using Intercept.Control.Model.Services;
using Intercept.Control.Model.Traffic;

namespace Intercept.Control.Generation.Clusters;

internal static class ClusterDiscoveries
{
    public static ClusterDiscovery Of(Service service, TrafficPolicy policy, ProxyDialect dialect)
    {
        // A gRPC client has no original destination, and resolves names one way only.
        var isGrpc = dialect == ProxyDialect.Grpc;
        if (service.ExternalName is not null)
        {
            return isGrpc ? ClusterDiscovery.LogicalDns : ClusterDiscovery.StrictDns;
        }

        return service.Resolution switch
        {
            ServiceResolution.Dns when !isGrpc => ClusterDiscovery.StrictDns,
            ServiceResolution.Dns or ServiceResolution.DnsRoundRobin => ClusterDiscovery.LogicalDns,
            _ when isGrpc => ClusterDiscovery.Endpoints,
            ServiceResolution.Passthrough => ClusterDiscovery.OriginalDestination,
            _ when policy.LoadBalancer?.Simple == SimpleLoadBalancer.Passthrough => ClusterDiscovery.OriginalDestination,
            _ => ClusterDiscovery.Endpoints,
        };
    }
}
