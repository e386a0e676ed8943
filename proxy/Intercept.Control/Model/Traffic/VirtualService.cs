namespace Intercept.Control.Model.Traffic;

/// <param name="Hosts">FQDNs, "*.suffix" or "*"; short names are completed.</param>
/// <param name="Gateways">"mesh" is all sidecars, and what an empty list means.</param>
/// <param name="ExportTo">Namespaces that it holds for: ".", "*" or names. Empty is "*".</param>
internal sealed record VirtualService(
    ResourceMeta Meta,
    ValueList<string> Hosts,
    ValueList<string> Gateways,
    ValueList<HttpRoute> Http,
    ValueList<ConnectionRoute> Tls,
    ValueList<ConnectionRoute> Tcp,
    ValueList<string> ExportTo) : MeshResource(Meta)
{
    public const string MeshGateway = "mesh";

    /// <summary>Whether it holds for sidecars at all; single matches may still name gateways.</summary>
    public bool IsForSidecars => Gateways.IsEmpty || Gateways.Contains(MeshGateway);
}
