using Intercept.Control.Model;
using Intercept.Control.Model.Services;
using Intercept.Control.Model.Traffic;

namespace Intercept.Control.Manifests.Assembly;

/// <summary>
/// Single objects, from wherever they come, to the model of the mesh. What is equal to its part of the model before is
/// that part, so that whoever reads models finds what has changed without looking into the rest.
/// </summary>
internal sealed class MeshModelAssembly(MeshOptions options)
{
    private MeshModel _before = MeshModel.Empty;
    private EndpointAssembly? _endpoints;

    public static MeshModel Assemble(IEnumerable<ManifestObject> objects, MeshOptions options) => new MeshModelAssembly(options).Assemble(objects);

    public MeshModel Assemble(IEnumerable<ManifestObject> objects)
    {
        var values = objects.Where(item => item.Value is not null).OrderBy(item => item.Key).Select(item => item.Value!).ToList();
        var workloads = Of(values, _before.Workloads);
        var services = ServicesOf(values);
        _endpoints = new EndpointAssembly(workloads, values.OfType<EndpointSlice>(), values.OfType<ServiceEntry>(), _endpoints);
        _before = new MeshModel
        {
            Options = options,
            Namespaces = Kept(_before.Namespaces, NamespacesOf(values)),
            ServiceAccounts = Of(values, _before.ServiceAccounts),
            Workloads = workloads,
            Services = services,
            Endpoints = Kept(
                _before.Endpoints, new ValueMap<ServiceEndpoints>(services.Select(service => KeyValuePair.Create(service.Key, _endpoints.Of(service))))),
            PeerAuthentications = Of(values, _before.PeerAuthentications),
            AuthorizationPolicies = Of(values, _before.AuthorizationPolicies),
            DestinationRules = Of(values, _before.DestinationRules),
            VirtualServices = Of(values, _before.VirtualServices),
            ServiceEntries = Of(values, _before.ServiceEntries),
            Sidecars = Of(values, _before.Sidecars),
            ServiceProfiles = Of(values, _before.ServiceProfiles),
            TrafficSplits = Of(values, _before.TrafficSplits),
        };
        _endpoints.Complete();
        return _before;
    }

    // Of two that describe one host in one namespace the Kubernetes Service holds, and then the older.
    private ValueList<Service> ServicesOf(List<object> values)
    {
        var before = _before.Services.ToDictionary(service => service.Key);
        return Kept(
            _before.Services,
            values.OfType<Service>()
                .Concat(values.OfType<ServiceEntry>().OrderBy(entry => entry.Meta.Created ?? DateTimeOffset.MinValue).SelectMany(ServiceEntryHosts.Of))
                .DistinctBy(service => service.Key)
                .Select(service => before.TryGetValue(service.Key, out var known) && known == service ? known : service)
                .OrderBy(service => service.Namespace, StringComparer.Ordinal).ThenBy(service => service.Host, StringComparer.Ordinal)
                .ToValueList());
    }

    private static ValueMap<MeshNamespace> NamespacesOf(List<object> values)
    {
        var named = values.OfType<MeshNamespace>().ToDictionary(item => item.Name);
        foreach (var name in values.Select(NamespaceOf).Where(name => name is not null))
        {
            named.TryAdd(name!, new MeshNamespace(name!, default, Origin.None));
        }

        return new ValueMap<MeshNamespace>(named);
    }

    private static string? NamespaceOf(object value) => value switch
    {
        MeshResource resource => resource.Namespace,
        Workload workload => workload.Namespace,
        Service service => service.Namespace,
        ServiceAccount account => account.Namespace,
        _ => null,
    };

    private static ValueList<T> Of<T>(List<object> values, ValueList<T> before) => Kept(before, values.OfType<T>().ToValueList());

    private static T Kept<T>(T before, T now)
        where T : struct, IEquatable<T> => before.Equals(now) ? before : now;
}
