using Intercept.Control.Manifests.Kinds;
using Intercept.Control.Model;
using Intercept.Control.Model.Services;
using Intercept.Control.Model.Traffic;

namespace Intercept.Control.Manifests.Assembly;

/// <summary>
/// The endpoints of each service: from its EndpointSlices if it has any, else from the workloads that it selects, or
/// from what a ServiceEntry says itself.
/// </summary>
/// <param name="before">What was made of an earlier state: a service of which nothing has changed keeps its endpoints.</param>
internal sealed class EndpointAssembly(
    ValueList<Workload> workloads, IEnumerable<EndpointSlice> slices, IEnumerable<ServiceEntry> entries, EndpointAssembly? before)
{
    private readonly WorkloadIndex _workloads = before is not null && before._workloads.Workloads == workloads ? before._workloads : new(workloads);
    private readonly ILookup<(string, string), EndpointSlice> _slices = slices.ToLookup(slice => (slice.Namespace, slice.Service));
    private readonly Dictionary<(string, string), ServiceEntry> _entries = entries.ToDictionary(entry => (entry.Namespace, entry.Name));
    private readonly Dictionary<string, Made> _made = [];

    // Of one assembly only: each holds all of its inputs.
    private EndpointAssembly? _before = before;

    public ServiceEndpoints Of(Service service)
    {
        var slices = _slices[(service.Namespace, service.Name)].ToArray();
        var entry = service.Registry == ServiceRegistry.ServiceEntry ? _entries[(service.Namespace, service.Name)] : null;
        var known = _before?._made.GetValueOrDefault(service.Key);
        if (known is null || !ReferenceEquals(_before!._workloads, _workloads) || !known.IsOf(service, slices, entry))
        {
            var endpoints = new ServiceEndpoints(
                service.Ports.Select(port => new PortEndpoints(port.Port, InOrder(Of(service, port, slices, entry)))).ToValueList());
            known = new Made(service, slices, entry, known is not null && known.Endpoints == endpoints ? known.Endpoints : endpoints);
        }

        _made.Add(service.Key, known);
        return known.Endpoints;
    }

    /// <summary>Called when every service has its endpoints.</summary>
    public void Complete() => _before = null;

    private IEnumerable<ServiceEndpoint> Of(Service service, ServicePort port, EndpointSlice[] slices, ServiceEntry? entry)
    {
        if (service.ExternalName is not null)
        {
            return [Named(service, service.ExternalName, port.Target.Number)];
        }

        if (entry is not null)
        {
            return OfEntry(service, port, entry);
        }

        return slices.Length > 0 ? slices.SelectMany(slice => OfSlice(service, port, slice)) : Selected(service, port);
    }

    private IEnumerable<ServiceEndpoint> OfEntry(Service service, ServicePort port, ServiceEntry entry)
    {
        if (!entry.Endpoints.IsEmpty)
        {
            return entry.Endpoints.Select(endpoint => Written(service, port, endpoint));
        }

        return entry.Selector is not null ? Selected(service, port)
            : service.Resolution is ServiceResolution.Dns or ServiceResolution.DnsRoundRobin ? [Named(service, service.Host, port.Target.Number)] : [];
    }

    private static ServiceEndpoint Named(Service service, string host, int port) => new() { Address = host, Port = port, Namespace = service.Namespace };

    private static ServiceEndpoint Written(Service service, ServicePort port, EntryEndpoint endpoint) => new()
    {
        Address = endpoint.Address,
        Port = endpoint.Ports.TryGetValue(port.Name, out var number) ? number : port.Target.Number,
        ServiceAccount = endpoint.ServiceAccount,
        Namespace = service.Namespace,
        IsMeshed = WorkloadEntryReader.IsMeshed(endpoint, endpoint.Labels),
        Labels = endpoint.Labels,
        Locality = endpoint.Locality,
        Weight = endpoint.Weight,
    };

    private IEnumerable<ServiceEndpoint> OfSlice(Service service, ServicePort port, EndpointSlice slice)
    {
        var number = slice.Ports.FirstOrDefault(candidate => candidate.Name == port.Name)?.Port;
        return number is null ? [] : slice.Endpoints.SelectMany(endpoint => endpoint.Addresses.Select(address =>
        {
            var workload = _workloads.Find(slice.Namespace, endpoint.Pod, address);
            var found = workload is null
                ? new ServiceEndpoint { Address = address.ToString(), Port = number.Value, Namespace = slice.Namespace }
                : Of(workload, address.ToString(), number.Value);
            return found with
            {
                Health = service.PublishesNotReady ? EndpointHealth.Ready : endpoint.Health,
                Locality = found.Locality.Length == 0 && endpoint.Zone.Length > 0 ? $"/{endpoint.Zone}" : found.Locality,
            };
        }));
    }

    private IEnumerable<ServiceEndpoint> Selected(Service service, ServicePort port)
    {
        if (service.Selector is null)
        {
            return [];
        }

        var isDns = service.Resolution is ServiceResolution.Dns or ServiceResolution.DnsRoundRobin;
        return
            from workload in _workloads.Selected(service.Namespace, service.Selector)
            let number = PortOn(workload, port)
            where number is not null
            from address in AddressesOf(workload, service, isDns)
            select Of(workload, address, number.Value) with
            {
                Health = workload.IsReady || service.PublishesNotReady ? EndpointHealth.Ready : EndpointHealth.NotReady,
            };
    }

    // A WorkloadEntry's ports are those of services, by their names; a pod's are those of its containers.
    private static int? PortOn(Workload workload, ServicePort port) =>
        workload.Kind == WorkloadKind.WorkloadEntry && new TargetPort(0, port.Name).On(workload) is { } number ? number : port.Target.On(workload);

    // Of the families that the service has; a service without an address has its pods' first.
    private static IEnumerable<string> AddressesOf(Workload workload, Service service, bool isDns)
    {
        if (workload.HostName is not null)
        {
            return isDns ? [workload.HostName] : [];
        }

        var addresses = service.Addresses.IsEmpty ? workload.Addresses.Take(1)
            : workload.Addresses.Where(address => service.Addresses.Any(own => own.IsIPv6 == address.IsIPv6));
        return addresses.Select(address => address.ToString());
    }

    private static ServiceEndpoint Of(Workload workload, string address, int port) => new()
    {
        Address = address,
        Port = port,
        Workload = workload.Key,
        ServiceAccount = workload.ServiceAccount,
        Namespace = workload.Namespace,
        IsMeshed = workload.IsMeshed,
        Labels = workload.Labels,
        Locality = workload.Locality,
        Weight = workload.Weight,
    };

    private static ValueList<ServiceEndpoint> InOrder(IEnumerable<ServiceEndpoint> endpoints) =>
        endpoints.DistinctBy(endpoint => (endpoint.Address, endpoint.Port))
            .OrderBy(endpoint => endpoint.Address, StringComparer.Ordinal).ThenBy(endpoint => endpoint.Port).ToValueList();

    private sealed record Made(Service Service, EndpointSlice[] Slices, ServiceEntry? Entry, ServiceEndpoints Endpoints)
    {
        public bool IsOf(Service service, EndpointSlice[] slices, ServiceEntry? entry) =>
            ReferenceEquals(Service, service) && ReferenceEquals(Entry, entry) && Slices.AsSpan().SequenceEqual(slices);
    }
}
