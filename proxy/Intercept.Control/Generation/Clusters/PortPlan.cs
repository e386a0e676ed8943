using System.Collections.Immutable;
using Intercept.Control.Generation.Listeners;
using Intercept.Control.Model.Services;

namespace Intercept.Control.Generation.Clusters;

internal sealed class PortPlan(ServicePort port, ClusterPlan all, ImmutableArray<ClusterPlan> subsets)
{
    public ServicePort Port { get; } = port;

    /// <summary>For all endpoints.</summary>
    public ClusterPlan All { get; } = all;

    public ImmutableArray<ClusterPlan> Subsets { get; } = subsets;

    /// <summary>The listeners at the service's addresses.</summary>
    public Variants<ListenerInput, GeneratedResource> Listeners { get; } = new();

    public IEnumerable<ClusterPlan> Clusters => Subsets.Prepend(All);
}
