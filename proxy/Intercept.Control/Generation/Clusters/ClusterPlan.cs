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
    private EndpointsNode? _ofCluster;
    private EndpointsNode? _ofAssignment;
    private ValueList<ServiceEndpoint> _inline;
    private GeneratedResource? _cluster;
    private GeneratedResource? _assignment;

    public string Name { get; } = ResourceNames.Outbound(port.Port, subset?.Name, service.Host);

    public Service Service => service;

    public ServicePort Port => port;

    public Subset? Subset => subset;

    public TrafficPolicy Policy => policy;

    public PlanInput Input => input;

    public ClusterDiscovery Discovery { get; } = ClusterDiscoveries.Of(service, policy, input.Dialect);

    public GeneratedResource Cluster(EndpointsNode endpoints)
    {
        if (ReferenceEquals(_ofCluster, endpoints))
        {
            return _cluster!;
        }

        var inline = Discovery == ClusterDiscovery.Endpoints ? [] : Select(endpoints);
        if (_cluster is null || _ofCluster!.Identities != endpoints.Identities || _inline != inline)
        {
            _cluster = GeneratedResource.Of(ResourceType.Cluster, Name, OutboundCluster.Build(this, endpoints.Identities, inline));
        }

        (_ofCluster, _inline) = (endpoints, inline);
        return _cluster;
    }

    /// <returns>Null for a cluster that does not take its endpoints from us.</returns>
    public GeneratedResource? Assignment(EndpointsNode endpoints)
    {
        if (Discovery != ClusterDiscovery.Endpoints || ReferenceEquals(_ofAssignment, endpoints))
        {
            return _assignment;
        }

        if (_assignment is null || _ofAssignment!.Endpoints.Of(port.Port) != endpoints.Endpoints.Of(port.Port))
        {
            _assignment = GeneratedResource.Of(ResourceType.Endpoint, Name, EndpointAssignment.Build(this, Select(endpoints)));
        }

        _ofAssignment = endpoints;
        return _assignment;
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
