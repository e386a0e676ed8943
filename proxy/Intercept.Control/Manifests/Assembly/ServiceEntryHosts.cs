using Intercept.Control.Model.Services;
using Intercept.Control.Model.Traffic;

namespace Intercept.Control.Manifests.Assembly;

/// <summary>A ServiceEntry as what it adds to the mesh: a service for each of its hosts.</summary>
internal static class ServiceEntryHosts
{
    public static IEnumerable<Service> Of(ServiceEntry entry) => entry.Hosts.Distinct().Select(host => new Service
    {
        Registry = ServiceRegistry.ServiceEntry,
        Namespace = entry.Namespace,
        Name = entry.Name,
        Host = host,
        Addresses = entry.Addresses,
        Ports = entry.Ports,
        Selector = entry.Selector,
        Resolution = entry.Resolution,
        IsExternal = entry.IsExternal,
        ExportTo = entry.ExportTo,
        SubjectAltNames = entry.SubjectAltNames,
        Labels = entry.Meta.Labels,
        Created = entry.Meta.Created,
        Origin = entry.Origin,
    });
}
