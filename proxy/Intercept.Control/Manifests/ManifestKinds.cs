using System.Collections.Immutable;
using Intercept.Control.Manifests.Kinds;
using Intercept.Control.Manifests.Reading;

namespace Intercept.Control.Manifests;

/// <summary>Every kind that is read, and what is said of those that are not.</summary>
internal static class ManifestKinds
{
    private const string Networking = "networking.istio.io";
    private const string Security = "security.istio.io";

    private static readonly ImmutableArray<string> _networkingVersions = ["v1", "v1beta1", "v1alpha3"];
    private static readonly ImmutableArray<string> _securityVersions = ["v1", "v1beta1"];

    public static ImmutableArray<ManifestKind> All { get; } =
    [
        new("Namespace", "", ["v1"], "namespaces", Forms.Label, CoreReader.ReadNamespace),
        new("ServiceAccount", "", ["v1"], "serviceaccounts", Forms.Name, CoreReader.ReadServiceAccount),
        new("Service", "", ["v1"], "services", Forms.Label, ServiceReader.Read),
        new("Pod", "", ["v1"], "pods", Forms.Name, PodReader.Read),
        new("EndpointSlice", "discovery.k8s.io", ["v1"], "endpointslices", Forms.Name, EndpointSliceReader.Read),
        new("PeerAuthentication", Security, _securityVersions, "peerauthentications", Forms.Name, PeerAuthenticationReader.Read),
        new("AuthorizationPolicy", Security, _securityVersions, "authorizationpolicies", Forms.Name, AuthorizationPolicyReader.Read),
        new("DestinationRule", Networking, _networkingVersions, "destinationrules", Forms.Name, DestinationRuleReader.Read),
        new("VirtualService", Networking, _networkingVersions, "virtualservices", Forms.Name, VirtualServiceReader.Read),
        new("ServiceEntry", Networking, _networkingVersions, "serviceentries", Forms.Name, ServiceEntryReader.Read),
        new("WorkloadEntry", Networking, _networkingVersions, "workloadentries", Forms.Name, WorkloadEntryReader.Read),
        new("Sidecar", Networking, _networkingVersions, "sidecars", Forms.Name, SidecarReader.Read),
        new("ServiceProfile", "linkerd.io", ["v1alpha2", "v1alpha1"], "serviceprofiles", Forms.Name, ServiceProfileReader.Read),
        new("TrafficSplit", "split.smi-spec.io", ["v1alpha2", "v1alpha1", "v1alpha3", "v1alpha4"], "trafficsplits", Forms.Name, TrafficSplitReader.Read),
    ];

    /// <summary>Without these the mesh would be less safe than it is written.</summary>
    public static ImmutableArray<UnreadKind> Refused { get; } =
    [
        new("RequestAuthentication", Security, "is not supported: requests with a bad token would pass"),
        new("EnvoyFilter", Networking, "is not supported: what it changes may be what protects a service"),
        new("WasmPlugin", "extensions.istio.io", "is not supported: it may be what authorizes requests"),
        new("Server", "policy.linkerd.io", "is not supported: write an AuthorizationPolicy of security.istio.io"),
        new("ServerAuthorization", "policy.linkerd.io", "is not supported: write an AuthorizationPolicy of security.istio.io"),
        new("AuthorizationPolicy", "policy.linkerd.io", "is not supported: write an AuthorizationPolicy of security.istio.io"),
        new("MeshTLSAuthentication", "policy.linkerd.io", "is not supported: write an AuthorizationPolicy of security.istio.io"),
        new("NetworkAuthentication", "policy.linkerd.io", "is not supported: write an AuthorizationPolicy of security.istio.io"),
        new("EgressNetwork", "policy.linkerd.io", "is not supported: write a Sidecar with REGISTRY_ONLY"),
        new("TrafficTarget", "access.smi-spec.io", "is not supported: write an AuthorizationPolicy of security.istio.io"),
    ];

    /// <summary>What these say is not done, and nobody is less safe.</summary>
    public static ImmutableArray<UnreadKind> WithoutEffect { get; } =
    [
        new("Gateway", Networking, "has no effect: gateways are not served"),
        new("WorkloadGroup", Networking, "has no effect: workloads do not register themselves"),
        new("ProxyConfig", Networking, "has no effect: proxies are configured where they run"),
        new("Telemetry", "telemetry.istio.io", "has no effect: metrics and access logs are always on"),
        new("HTTPLocalRateLimitPolicy", "policy.linkerd.io", "has no effect: requests are not limited"),
        new("HTTPRoute", "policy.linkerd.io", "has no effect: write a VirtualService"),
        new("ExternalWorkload", "workload.linkerd.io", "has no effect: write a WorkloadEntry"),
        new("HTTPRouteGroup", "specs.smi-spec.io", "has no effect: write a VirtualService"),
        new("HTTPRoute", "gateway.networking.k8s.io", "has no effect yet: write a VirtualService"),
        new("GRPCRoute", "gateway.networking.k8s.io", "has no effect yet: write a VirtualService"),
        new("TLSRoute", "gateway.networking.k8s.io", "has no effect yet: write a VirtualService"),
        new("TCPRoute", "gateway.networking.k8s.io", "has no effect yet: write a VirtualService"),
        new("Gateway", "gateway.networking.k8s.io", "has no effect: gateways are not served"),
    ];

    /// <summary>Groups of which every kind is expected to be known: one that is not is a typing error.</summary>
    public static ImmutableArray<string> OwnGroups { get; } = [.. All.Select(kind => kind.Group).Where(group => group.Length > 0).Distinct()];
}
