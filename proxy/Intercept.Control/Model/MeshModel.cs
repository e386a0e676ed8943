using Intercept.Control.Model.Linkerd;
using Intercept.Control.Model.Security;
using Intercept.Control.Model.Services;
using Intercept.Control.Model.Traffic;

namespace Intercept.Control.Model;

/// <summary>
/// Everything that the manifests say, at one moment. Every list is in the order of namespace and name, so that two
/// control planes over the same manifests generate the same bytes.
/// </summary>
internal sealed record MeshModel
{
    public static MeshModel Empty { get; } = new();

    public MeshOptions Options { get; init; } = MeshOptions.Default;

    /// <summary>By name. A namespace that is only used, and nowhere described, is here without labels.</summary>
    public ValueMap<MeshNamespace> Namespaces { get; init; }

    public ValueList<ServiceAccount> ServiceAccounts { get; init; }

    /// <summary>Pods that are not finished, and WorkloadEntries.</summary>
    public ValueList<Workload> Workloads { get; init; }

    /// <summary>Kubernetes Services, and one for each host of each ServiceEntry.</summary>
    public ValueList<Service> Services { get; init; }

    /// <summary>By <see cref="Service.Key"/>; every service is here. Apart from the services, for they change far more often.</summary>
    public ValueMap<ServiceEndpoints> Endpoints { get; init; }

    public ValueList<PeerAuthentication> PeerAuthentications { get; init; }

    public ValueList<AuthorizationPolicy> AuthorizationPolicies { get; init; }

    public ValueList<DestinationRule> DestinationRules { get; init; }

    public ValueList<VirtualService> VirtualServices { get; init; }

    /// <summary>As they are written; the hosts that they add to the mesh are in <see cref="Services"/>.</summary>
    public ValueList<ServiceEntry> ServiceEntries { get; init; }

    public ValueList<Sidecar> Sidecars { get; init; }

    public ValueList<ServiceProfile> ServiceProfiles { get; init; }

    public ValueList<TrafficSplit> TrafficSplits { get; init; }

    public ServiceEndpoints EndpointsOf(Service service) => Endpoints.GetValueOrDefault(service.Key) ?? ServiceEndpoints.None;
}
