using Intercept.Control.Generation.Indexing;
using Intercept.Control.Model;
using Intercept.Control.Model.Traffic;

namespace Intercept.Control.Generation.Scoping;

/// <summary>What decides the outbound side of a proxy. Proxies of equal scope get the same clusters, routes and listeners for it.</summary>
/// <param name="Sidecar">Null: every service that is exported to the namespace.</param>
/// <param name="Labels">Of the workload, where the manifests look at them; else empty, so that more proxies are alike.</param>
/// <param name="Listens">False for gateways: nothing is captured for them.</param>
internal sealed record ProxyScope(
    string Namespace, Sidecar? Sidecar, ValueMap<string> Labels, ProxyDialect Dialect, bool Listens)
{
    public static ProxyScope Of(MeshShape shape, ProxyNode node, ValueMap<string> labels) => new(
        node.Namespace,
        node.Kind == ProxyKind.Sidecar ? FindSidecar(shape, node.Namespace, labels) : null,
        shape.LooksAtClients ? labels : default,
        DialectOf(node),
        node.Kind == ProxyKind.Sidecar);

    public OutboundMode OutboundMode(MeshOptions options) => Sidecar?.OutboundMode ?? options.OutboundMode;

    /// <summary>The workload's own Sidecar, else that of its namespace, else that of the mesh.</summary>
    private static Sidecar? FindSidecar(MeshShape shape, string @namespace, ValueMap<string> labels) =>
        shape.Sidecars.FirstOrDefault(sidecar => sidecar.Namespace == @namespace && sidecar.Selector is { } selector && selector.Matches(labels))
        ?? shape.Sidecars.FirstOrDefault(sidecar => sidecar.Namespace == @namespace && sidecar.Selector is null)
        ?? shape.Sidecars.FirstOrDefault(sidecar => sidecar.Namespace == shape.Options.RootNamespace && sidecar.Selector is null);

    private static ProxyDialect DialectOf(ProxyNode node)
    {
        if (node.Generator == "grpc")
        {
            return ProxyDialect.Grpc;
        }

        return node.Protocols.IsEmpty || node.Protocols.Contains("http") ? ProxyDialect.Http : ProxyDialect.Tcp;
    }
}
