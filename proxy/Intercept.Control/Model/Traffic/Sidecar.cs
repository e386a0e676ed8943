namespace Intercept.Control.Model.Traffic;

/// <param name="Selector">Null: all of the namespace without a Sidecar of their own; in the root namespace, of the mesh.</param>
/// <param name="Ingress">Null: as the services and the workload's ports say.</param>
/// <param name="Egress">Null: as the next Sidecar above says, in the end everything.</param>
/// <param name="OutboundMode">Null: as the mesh says.</param>
internal sealed record Sidecar(
    ResourceMeta Meta,
    WorkloadSelector? Selector,
    ValueList<IngressListener>? Ingress,
    ValueList<EgressListener>? Egress,
    OutboundMode? OutboundMode,
    ConnectionPool? InboundConnectionPool) : MeshResource(Meta);
