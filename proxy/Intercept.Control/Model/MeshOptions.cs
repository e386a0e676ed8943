namespace Intercept.Control.Model;

/// <summary>What Istio keeps in its MeshConfig, as far as it concerns more than one resource.</summary>
internal sealed record MeshOptions
{
    public static MeshOptions Default { get; } = new();

    public string TrustDomain { get; init; } = "cluster.local";

    /// <summary>Services are NAME.NAMESPACE.svc.CLUSTER-DOMAIN.</summary>
    public string ClusterDomain { get; init; } = "cluster.local";

    /// <summary>Policies without a selector in this namespace hold for the whole mesh.</summary>
    public string RootNamespace { get; init; } = "istio-system";

    /// <summary>What happens to a destination that nobody has described, unless a Sidecar says otherwise.</summary>
    public OutboundMode OutboundMode { get; init; } = OutboundMode.AllowAny;
}
