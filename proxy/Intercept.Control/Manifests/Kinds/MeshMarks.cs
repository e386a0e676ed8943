using Intercept.Control.Model;

namespace Intercept.Control.Manifests.Kinds;

/// <summary>The labels by which Istio knows workloads that are in its mesh, and where they are.</summary>
internal static class MeshMarks
{
    private const string TlsModeLabel = "security.istio.io/tlsMode";
    private const string LocalityLabel = "istio-locality";
    private const string RegionLabel = "topology.kubernetes.io/region";
    private const string ZoneLabel = "topology.kubernetes.io/zone";

    /// <summary>What the label says; null when it is not there.</summary>
    public static bool? IsMeshed(ValueMap<string> labels) => labels.TryGetValue(TlsModeLabel, out var mode) ? mode == "istio" : null;

    /// <summary>Kubernetes copies a node's topology to its pods; a '/' cannot be in a label's value.</summary>
    public static string Locality(ValueMap<string> labels)
    {
        if (labels.TryGetValue(LocalityLabel, out var locality))
        {
            return locality.Replace('.', '/');
        }

        var zone = labels.GetValueOrDefault(ZoneLabel);
        return labels.TryGetValue(RegionLabel, out var region) ? zone is null ? region : $"{region}/{zone}" : zone is null ? "" : $"/{zone}";
    }
}
