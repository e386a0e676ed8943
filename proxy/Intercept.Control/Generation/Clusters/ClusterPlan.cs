using Intercept.Control.Generation.Indexing;
using Intercept.Control.Model;
using Intercept.Control.Model.Services;
using Intercept.Control.Model.Traffic;
using Intercept.Xds.Discovery;

namespace Intercept.Control.Generation.Clusters;

/// <summary>
/// One cluster, but for what depends on endpoints; that is filled in when it is asked for, and remembered until it
/// changes. So a change of one endpoint makes one assignment anew.
/// </summary>
internal sealed class ClusterPlan(Service service, ServicePort port, Subset? subset, TrafficPolicy policy, PlanInput input)
{
    private (ValueList<string> Identities, ValueList<ServiceEndpoint> Inline, GeneratedResource Resource)? _cluster;
    private (ValueList<ServiceEndpoint> Endpoints, GeneratedResource Resource)? _assignment;

    public string Name { get; } = ResourceNames.Outbound(port.Port, subset?.Name, service.Host);

    public Service Service => service;

    public ServicePort Port => port;

    public Subset? Subset => subset;

    public TrafficPolicy Policy => policy;

    public PlanInput Input => input;

    public ClusterDiscovery Discovery { get; } = ClusterDiscoveries.Of(service, policy, input.Dialect);

    public GeneratedResource Cluster(EndpointsNode endpoints)
    {
        var inline = Discovery is ClusterDiscovery.StrictDns or ClusterDiscovery.LogicalDns or ClusterDiscovery.OriginalDestination
            ? Select(endpoints)
            : [];
        if (_cluster is not { } known || known.Identities != endpoints.Identities || known.Inline != inline)
        {
            var cluster = OutboundCluster.Build(this, endpoints.Identities, inline);
            _cluster = known = (endpoints.Identities, inline, GeneratedResource.Of(ResourceType.Cluster, Name, cluster));
        }

        return known.Resource;
    }

    /// <returns>Null for a cluster that does not take its endpoints from us.</returns>
    public GeneratedResource? Assignment(EndpointsNode endpoints)
    {
        if (Discovery != ClusterDiscovery.Endpoints)
        {
            return null;
        }

        var all = endpoints.Endpoints.Of(port.Port);
        if (_assignment is not { } known || known.Endpoints != all)
        {
            var assignment = EndpointAssignment.Build(this, Select(endpoints));
            _assignment = known = (all, GeneratedResource.Of(ResourceType.Endpoint, Name, assignment));
        }

        return known.Resource;
    }

    /// <summary>The endpoints to send to: ready, and of the subset.</summary>
    public ValueList<ServiceEndpoint> Select(EndpointsNode endpoints)
    {
        var all = endpoints.Endpoints.Of(port.Port);
        return all.All(IsMeant) ? all : all.Where(IsMeant).ToValueList();
    }

    private bool IsMeant(ServiceEndpoint endpoint) =>
        endpoint.Health == EndpointHealth.Ready && (subset is null || new WorkloadSelector(subset.Labels).Matches(endpoint.Labels));
}
