namespace Intercept.Xds;

/// <summary>What a bootstrap is made of, as Envoy's flags give it.</summary>
/// <param name="FileName">Named in the problems; ".json" is JSON, anything else YAML. Without a meaning when there is no text.</param>
/// <param name="Text">The whole file; null when there is only an overlay.</param>
/// <param name="Overlay">--config-yaml: merged over the file. At least one of the two is there.</param>
/// <param name="NodeId">--service-node, instead of node.id.</param>
/// <param name="NodeCluster">--service-cluster, instead of node.cluster.</param>
public sealed record BootstrapInput(
    string? FileName, string? Text, string? Overlay = null, string? NodeId = null, string? NodeCluster = null)
{
    /// <summary>The name of the overlay in problems.</summary>
    public const string OverlayName = "--config-yaml";
}
