using System.Collections.Immutable;
using Intercept.Control.Generation.Clusters;
using Intercept.Control.Generation.Scoping;

namespace Intercept.Control.Generation.Grpc;

internal static class ApiListeners
{
    public static ImmutableArray<GeneratedResource> Of(ProxyScope scope, ImmutableArray<(int Position, ServicePlan Plan, PortPlan Port)> ports) => [];
}
