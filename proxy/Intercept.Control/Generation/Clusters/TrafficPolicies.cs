using Intercept.Control.Model.Traffic;

namespace Intercept.Control.Generation.Clusters;

/// <summary>Istio's order of a DestinationRule's parts: subset over rule, and a port's policy in place of that of all ports.</summary>
internal static class TrafficPolicies
{
    private static readonly TrafficPolicy _none = new();

    public static TrafficPolicy For(int port, TrafficPolicy? rule, Subset? subset)
    {
        var whole = ForPort(port, rule);
        if (subset?.Policy is null)
        {
            return whole;
        }

        var own = ForPort(port, subset.Policy);
        return new TrafficPolicy
        {
            LoadBalancer = own.LoadBalancer ?? whole.LoadBalancer,
            ConnectionPool = own.ConnectionPool ?? whole.ConnectionPool,
            OutlierDetection = own.OutlierDetection ?? whole.OutlierDetection,
            Tls = own.Tls ?? whole.Tls,
        };
    }

    private static TrafficPolicy ForPort(int port, TrafficPolicy? policy)
    {
        if (policy is null)
        {
            return _none;
        }

        foreach (var entry in policy.Ports)
        {
            if (entry.Port == port)
            {
                return entry.Policy;
            }
        }

        return policy;
    }
}
