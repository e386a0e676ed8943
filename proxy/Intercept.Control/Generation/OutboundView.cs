using System.Collections.Immutable;
using Intercept.Control.Generation.Clusters;
using Intercept.Control.Generation.Indexing;
using Intercept.Control.Generation.Listeners;
using Intercept.Control.Generation.Routes;
using Intercept.Control.Generation.Scoping;
using Intercept.Control.Generation.Traffic;

namespace Intercept.Control.Generation;

/// <summary>
/// The outbound side of all proxies of one scope, for one shape of the mesh. What depends on endpoints is filled in for
/// each model; sets in which nothing has changed stay the same objects.
/// </summary>
internal sealed class OutboundView
{
    private readonly ImmutableArray<(int Position, ClusterPlan Plan)> _clusters;
    private readonly OutboundListeners _listeners;
    private readonly ResourceSet _routes;
    private MeshIndex? _index;
    private SharedResources _resources;

    public OutboundView(MeshShape shape, ProxyScope scope, SharedResources? before = null)
    {
        Shape = shape;
        Scope = scope;
        var services = VisibleServices.Of(shape, scope);
        var plans = services.Select(service => PlanOf(shape, scope, service)).ToImmutableArray();
        var byHost = plans.ToDictionary(plan => plan.Service.Host, StringComparer.Ordinal);
        ImmutableArray<(int Position, ServicePlan Plan, PortPlan Port)> ports =
        [
            .. services.Zip(plans).SelectMany(pair => pair.Second.Ports
                .Where(port => pair.First.Ports.Contains(port.Port))
                .Select(port => (pair.First.Position, pair.Second, port))),
        ];

        // In the order of the sets that they will be in, so that those need no sorting.
        _clusters =
        [
            .. ports.SelectMany(port => port.Port.Clusters.Select(plan => (port.Position, plan)))
                .OrderBy(cluster => cluster.plan.Name, StringComparer.Ordinal),
        ];
        var destinations = new Destinations(byHost);
        var connections = new ConnectionRouting(shape, scope, destinations);
        _listeners = new OutboundListeners(shape, scope, ports, connections);
        _resources = before ?? SharedResources.Empty;
        _routes = SharedResources.Keep(_resources.Routes, RouteConfigurations.Of(shape, scope, ports, new ServiceRoutes(shape, scope, destinations, connections)));
    }

    public MeshShape Shape { get; }

    public ProxyScope Scope { get; }

    /// <summary>Of the index that was asked for last.</summary>
    public SharedResources Latest => _resources;

    public SharedResources Resources(MeshIndex index)
    {
        if (!ReferenceEquals(_index, index))
        {
            _resources = Fill(index);
            _index = index;
        }

        return _resources;
    }

    private SharedResources Fill(MeshIndex index)
    {
        var clusters = ImmutableArray.CreateBuilder<GeneratedResource>(_clusters.Length + 2);
        var endpoints = ImmutableArray.CreateBuilder<GeneratedResource>(_clusters.Length);
        if (Scope.Dialect != ProxyDialect.Grpc)
        {
            clusters.Add(FixedClusters.BlackHole);
            clusters.Add(FixedClusters.Passthrough);
        }

        foreach (var (position, plan) in _clusters)
        {
            var known = index.Endpoints[position];
            clusters.Add(plan.Cluster(known));
            if (plan.Assignment(known) is { } assignment)
            {
                endpoints.Add(assignment);
            }
        }

        return new SharedResources(
            SharedResources.Keep(_resources.Clusters, clusters.DrainToImmutable()),
            SharedResources.Keep(_resources.Endpoints, endpoints.DrainToImmutable()),
            SharedResources.Keep(_resources.Listeners, _listeners.Of(index)),
            _routes);
    }

    private static ServicePlan PlanOf(MeshShape shape, ProxyScope scope, VisibleService visible)
    {
        var service = visible.Service;
        var input = new PlanInput(
            RouteChoice.DestinationRulesFor(shape, scope, service.Host, service.Namespace),
            scope.Dialect == ProxyDialect.Tcp ? null : RouteChoice.ProfileFor(shape, scope, service.Host, service.Namespace)?.RetryBudget,
            shape.PeerAuthenticationsOfServers,
            scope.Dialect,
            shape.Options);
        return visible.Node.Plans.Get(input, service, static (made, service) => new ServicePlan(service, made));
    }
}
