namespace Intercept.Xds;

/// <summary>What this proxy says it is: envoy.config.core.v3.Node. The control plane decides by it what to send.</summary>
/// <param name="Id">For istiod: sidecar~ADDRESS~POD.NAMESPACE~NAMESPACE.svc.DOMAIN.</param>
/// <param name="Metadata">A JSON object.</param>
public sealed record ControlPlaneNode(string Id, string Cluster, string Metadata = "{}", NodeLocality Locality = default);
