namespace Intercept.Control.Model.Security;

/// <param name="Selector">Null: the whole namespace, or in the root namespace the whole mesh.</param>
internal sealed record PeerAuthentication(ResourceMeta Meta, WorkloadSelector? Selector, MtlsMode Mode, ValueList<PortMtls> Ports)
    : MeshResource(Meta);
