using System.Collections.Immutable;
using Intercept.Control.Model;
using Intercept.Control.Model.Linkerd;
using Intercept.Control.Model.Security;
using Intercept.Control.Model.Traffic;

namespace Intercept.Control.Generation.Indexing;

/// <summary>
/// What of a model changes when people edit manifests, made searchable: everything but endpoints and workloads, which
/// change whenever a pod does. The same object for as long as it says the same.
/// </summary>
internal sealed class MeshShape
{
    private readonly MeshModel _model;
    private readonly Dictionary<string, int> _positions;

    private MeshShape(MeshModel model, ImmutableArray<ServiceNode> services)
    {
        _model = model;
        Services = services;
        _positions = new Dictionary<string, int>(services.Length, StringComparer.Ordinal);
        for (var i = 0; i < services.Length; i++)
        {
            _positions.TryAdd(services[i].Key, i);
        }

        ServicesByHost = new HostTable<int>(Enumerable.Range(0, services.Length), at => [services[at].Service.Host]);
        ServicesByNamespace = services.ToLookup(node => node.Service.Namespace, StringComparer.Ordinal);
        DestinationRules = new HostTable<DestinationRule>(model.DestinationRules.OrderBy(Age), rule => [rule.Host]);
        VirtualServices = new HostTable<VirtualService>(
            model.VirtualServices.Where(virtualService => virtualService.IsForSidecars).OrderBy(Age), virtualService => virtualService.Hosts);
        ServiceProfiles = new HostTable<ServiceProfile>(model.ServiceProfiles.OrderBy(Age), profile => [profile.Host]);
        TrafficSplits = new HostTable<TrafficSplit>(model.TrafficSplits.OrderBy(Age), split => [split.Host]);
        PeerAuthenticationsOfServers = model.PeerAuthentications.Any(Disables) ? model.PeerAuthentications : [];
        LooksAtClients = model.DestinationRules.Any(rule => rule.Selector is not null) || model.VirtualServices.Any(LooksAtClient);
    }

    public MeshOptions Options => _model.Options;

    public ImmutableArray<ServiceNode> Services { get; }

    /// <summary>Positions in <see cref="Services"/>.</summary>
    public HostTable<int> ServicesByHost { get; }

    public ILookup<string, ServiceNode> ServicesByNamespace { get; }

    public HostTable<DestinationRule> DestinationRules { get; }

    public HostTable<VirtualService> VirtualServices { get; }

    public HostTable<ServiceProfile> ServiceProfiles { get; }

    public HostTable<TrafficSplit> TrafficSplits { get; }

    public ValueList<PeerAuthentication> PeerAuthentications => _model.PeerAuthentications;

    public ValueList<AuthorizationPolicy> AuthorizationPolicies => _model.AuthorizationPolicies;

    public ValueList<Sidecar> Sidecars => _model.Sidecars;

    /// <summary>What clients must know of them: all, if any of them turns mTLS off somewhere; else none.</summary>
    public ValueList<PeerAuthentication> PeerAuthenticationsOfServers { get; }

    /// <summary>Whether what a client gets depends on its labels, so that two of a namespace may differ.</summary>
    public bool LooksAtClients { get; }

    public static MeshShape Of(MeshModel model, MeshShape? previous)
    {
        if (previous is not null && previous.SaysTheSameAs(model))
        {
            return previous;
        }

        var nodes = ImmutableArray.CreateBuilder<ServiceNode>(model.Services.Count);
        foreach (var service in model.Services)
        {
            var node = previous?.PositionOf(service.Key) is { } position ? previous.Services[position] : null;
            nodes.Add(node is not null && (ReferenceEquals(node.Service, service) || node.Service == service) ? node : new ServiceNode(service));
        }

        return new MeshShape(model, nodes.MoveToImmutable());
    }

    /// <param name="key">Of a service.</param>
    public int? PositionOf(string key) => _positions.TryGetValue(key, out var position) ? position : null;

    private bool SaysTheSameAs(MeshModel model) =>
        _model.Options == model.Options
        && _model.Services == model.Services
        && _model.PeerAuthentications == model.PeerAuthentications
        && _model.AuthorizationPolicies == model.AuthorizationPolicies
        && _model.DestinationRules == model.DestinationRules
        && _model.VirtualServices == model.VirtualServices
        && _model.Sidecars == model.Sidecars
        && _model.ServiceProfiles == model.ServiceProfiles
        && _model.TrafficSplits == model.TrafficSplits;

    // Of resources that contradict each other the older one holds, and the order of names between equally old ones.
    private static (DateTimeOffset Created, string Namespace, string Name) Age(MeshResource resource) =>
        (resource.Meta.Created ?? DateTimeOffset.MinValue, resource.Namespace, resource.Name);

    private static bool Disables(PeerAuthentication policy) =>
        policy.Mode == MtlsMode.Disable || policy.Ports.Any(port => port.Mode == MtlsMode.Disable);

    private static bool LooksAtClient(VirtualService virtualService) =>
        virtualService.Http.Any(route => route.Matches.Any(match => !match.SourceLabels.IsEmpty))
        || virtualService.Tls.Concat(virtualService.Tcp).Any(route => route.Matches.Any(match => !match.SourceLabels.IsEmpty));
}
