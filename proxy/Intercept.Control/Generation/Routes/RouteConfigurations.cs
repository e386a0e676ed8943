using System.Collections.Immutable;
using Intercept.Control.Generation.Clusters;
using Intercept.Control.Generation.Indexing;
using Intercept.Control.Generation.Scoping;
using Intercept.Control.Generation.Traffic;

namespace Intercept.Control.Generation.Routes;

internal static class RouteConfigurations
{
    public static ImmutableArray<GeneratedResource> Of(
        MeshShape shape, ProxyScope scope, ImmutableArray<(int Position, ServicePlan Plan, PortPlan Port)> ports, Destinations destinations) => [];
}
