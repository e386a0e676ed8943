using System.Collections.Immutable;
using Intercept.Control.Generation.Clusters;
using Intercept.Control.Generation.Indexing;
using Intercept.Control.Generation.Scoping;

namespace Intercept.Control.Generation.Inbound;

/// <summary>What a sidecar has for itself: its inbound listener, and the clusters behind that.</summary>
internal sealed class InboundView
{
    public InboundView(MeshShape shape, ProxyScope scope, ServedWorkload workload)
    {
        Shape = shape;
        if (!scope.Listens || scope.Dialect == ProxyDialect.Grpc)
        {
            (Clusters, Listeners) = ([], []);
            return;
        }

        var ports = InboundPorts.Of(shape, workload, scope.Sidecar).ToList();
        Clusters =
        [
            FixedClusters.InboundPassthrough,
            .. ports.Select(port => InboundClusters.Build(port, scope.Dialect, scope.Sidecar?.InboundConnectionPool)),
        ];
        Listeners = [InboundListener.Build(shape, workload, ports, scope.Dialect)];
    }

    public MeshShape Shape { get; }

    public ImmutableArray<GeneratedResource> Clusters { get; }

    public ImmutableArray<GeneratedResource> Listeners { get; }
}
