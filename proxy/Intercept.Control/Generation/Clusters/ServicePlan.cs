using System.Collections.Immutable;
using Intercept.Control.Model.Services;

namespace Intercept.Control.Generation.Clusters;

/// <summary>The clusters of one service: for each port one for all endpoints and one for each subset.</summary>
internal sealed class ServicePlan
{
    public ServicePlan(Service service, PlanInput input)
    {
        Service = service;
        var subsets = input.Rules.SelectMany(rule => rule.Subsets).DistinctBy(subset => subset.Name).ToList();
        var policy = input.Rules.Select(rule => rule.Policy).FirstOrDefault(found => found is not null);
        Ports =
        [
            .. service.Ports.Where(port => port.Protocol != PortProtocol.Udp).Select(port => new PortPlan(
                port,
                new ClusterPlan(service, port, null, TrafficPolicies.For(port.Port, policy, null), input),
                [.. subsets.Select(subset => new ClusterPlan(service, port, subset, TrafficPolicies.For(port.Port, policy, subset), input))])),
        ];
    }

    public Service Service { get; }

    public ImmutableArray<PortPlan> Ports { get; }

    public PortPlan? Find(int port) => Ports.FirstOrDefault(plan => plan.Port.Port == port);
}
