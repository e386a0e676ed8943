namespace Intercept.Control.Model.Traffic;

/// <param name="Host">The FQDN or "*.suffix"; short names are completed.</param>
/// <param name="ExportTo">Namespaces that it holds for: ".", "*" or names. Empty is "*".</param>
/// <param name="Selector">Which clients it holds for; null for all.</param>
internal sealed record DestinationRule(
    ResourceMeta Meta,
    string Host,
    TrafficPolicy? Policy,
    ValueList<Subset> Subsets,
    ValueList<string> ExportTo,
    WorkloadSelector? Selector) : MeshResource(Meta);
