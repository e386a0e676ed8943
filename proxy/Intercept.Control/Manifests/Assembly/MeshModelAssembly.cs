using Intercept.Control.Model;
using Intercept.Control.Model.Linkerd;
using Intercept.Control.Model.Security;
using Intercept.Control.Model.Services;
using Intercept.Control.Model.Traffic;

namespace Intercept.Control.Manifests.Assembly;

/// <summary>Single objects, from wherever they come, to the model of the mesh.</summary>
internal static class MeshModelAssembly
{
    public static MeshModel Assemble(IEnumerable<ManifestObject> objects, MeshOptions options)
    {
        var values = objects.Where(item => item.Value is not null).OrderBy(item => item.Key).Select(item => item.Value!).ToList();
        var workloads = Of<Workload>(values);
        var services = ServicesOf(values);
        var endpoints = new EndpointAssembly(workloads, values.OfType<EndpointSlice>(), values.OfType<ServiceEntry>());
        return new MeshModel
        {
            Options = options,
            Namespaces = NamespacesOf(values),
            ServiceAccounts = Of<ServiceAccount>(values),
            Workloads = workloads,
            Services = services,
            Endpoints = new ValueMap<ServiceEndpoints>(services.Select(service => KeyValuePair.Create(service.Key, endpoints.Of(service)))),
            PeerAuthentications = Of<PeerAuthentication>(values),
            AuthorizationPolicies = Of<AuthorizationPolicy>(values),
            DestinationRules = Of<DestinationRule>(values),
            VirtualServices = Of<VirtualService>(values),
            ServiceEntries = Of<ServiceEntry>(values),
            Sidecars = Of<Sidecar>(values),
            ServiceProfiles = Of<ServiceProfile>(values),
            TrafficSplits = Of<TrafficSplit>(values),
        };
    }

    // Of two that describe one host in one namespace the Kubernetes Service holds, and then the older.
    private static ValueList<Service> ServicesOf(List<object> values) =>
        values.OfType<Service>()
            .Concat(values.OfType<ServiceEntry>().OrderBy(entry => entry.Meta.Created ?? DateTimeOffset.MinValue).SelectMany(ServiceEntryHosts.Of))
            .DistinctBy(service => service.Key)
            .OrderBy(service => service.Namespace, StringComparer.Ordinal).ThenBy(service => service.Host, StringComparer.Ordinal)
            .ToValueList();

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

    private static ValueList<T> Of<T>(List<object> values) => values.OfType<T>().ToValueList();
}
