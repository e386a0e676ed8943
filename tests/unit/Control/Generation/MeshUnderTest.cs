using Intercept.Control.Model;
using Intercept.Control.Model.Linkerd;
using Intercept.Control.Model.Security;
using Intercept.Control.Model.Services;
using Intercept.Control.Model.Traffic;
using Intercept.Core.Addressing;

namespace Intercept.Tests.Unit.Control.Generation;

/// <summary>A mesh in few words: every service has pods NAME-0.. of account NAME, with proxies.</summary>
internal sealed class MeshUnderTest
{
    private readonly List<Service> _services = [];
    private readonly Dictionary<string, ServiceEndpoints> _endpoints = [];
    private readonly List<Workload> _workloads = [];
    private MeshModel _model = MeshModel.Empty;

    public static ResourceMeta Meta(string @namespace, string name) => new(@namespace, name, default, default, null, Origin.None);

    public static WorkloadSelector Selector(string app) => new(Labels(app));

    public static ValueMap<string> Labels(string app, string? version = null) => new(
        version is null ? [KeyValuePair.Create("app", app)] : [KeyValuePair.Create("app", app), KeyValuePair.Create("version", version)]);

    public static Destination To(string host, string? subset = null, int? port = null) => new(host, subset, port);

    public static RouteDestination Share(string host, uint weight, string? subset = null) => new(To(host, subset), weight, null);

    public static string Host(string name, string @namespace = "shop") => $"{name}.{@namespace}.svc.cluster.local";

    public MeshUnderTest Service(
        string name, string address, (int Port, int Target, PortProtocol Protocol)[] ports, string @namespace = "shop", int pods = 2,
        bool isMeshed = true, bool isHeadless = false, string[]? exportTo = null)
    {
        var service = new Service
        {
            Registry = ServiceRegistry.Kubernetes,
            Namespace = @namespace,
            Name = name,
            Host = Host(name, @namespace),
            Addresses = address.Length == 0 ? [] : [Cidr.Parse(address)],
            Ports = ports.Select(port => new ServicePort($"port-{port.Port}", port.Port, new TargetPort(port.Target, null), port.Protocol)).ToValueList(),
            IsHeadless = isHeadless,
            Resolution = isHeadless ? ServiceResolution.Passthrough : ServiceResolution.Static,
            Selector = Selector(name),
            ExportTo = (exportTo ?? []).ToValueList(),
        };
        _services.Add(service);
        var own = Enumerable.Range(0, pods).Select(i => Pod(name, @namespace, i, isMeshed)).ToList();
        _workloads.AddRange(own);
        _endpoints[service.Key] = new ServiceEndpoints(ports.Select(port =>
            new PortEndpoints(port.Port, own.Select(pod => Endpoint(pod, port.Target)).ToValueList())).ToValueList());
        return this;
    }

    public MeshUnderTest Entry(Service service)
    {
        _services.Add(service);
        return this;
    }

    public MeshUnderTest With(Func<MeshModel, MeshModel> change)
    {
        _model = change(_model);
        return this;
    }

    public MeshUnderTest Authorize(params AuthorizationPolicy[] policies) => With(model => model with { AuthorizationPolicies = [.. policies] });

    public MeshUnderTest Authenticate(params PeerAuthentication[] policies) => With(model => model with { PeerAuthentications = [.. policies] });

    public MeshUnderTest Rule(params DestinationRule[] rules) => With(model => model with { DestinationRules = [.. rules] });

    public MeshUnderTest Route(params VirtualService[] services) => With(model => model with { VirtualServices = [.. services] });

    public MeshUnderTest Split(params TrafficSplit[] splits) => With(model => model with { TrafficSplits = [.. splits] });

    public MeshUnderTest Profile(params ServiceProfile[] profiles) => With(model => model with { ServiceProfiles = [.. profiles] });

    public MeshUnderTest Scope(params Sidecar[] sidecars) => With(model => model with { Sidecars = [.. sidecars] });

    /// <summary>The endpoints of a service's port, as they should be from now on.</summary>
    public MeshUnderTest Endpoints(string host, string @namespace, Func<ServiceEndpoint, ServiceEndpoint> change)
    {
        var key = $"{@namespace}/{host}";
        _endpoints[key] = new ServiceEndpoints(_endpoints[key].Ports
            .Select(port => port with { Endpoints = port.Endpoints.Select(change).ToValueList() }).ToValueList());
        return this;
    }

    public MeshModel Build() => _model with
    {
        Services = _services.OrderBy(service => service.Key, StringComparer.Ordinal).ToValueList(),
        Endpoints = new ValueMap<ServiceEndpoints>(_endpoints),
        Workloads = _workloads.OrderBy(workload => workload.Namespace, StringComparer.Ordinal).ThenBy(workload => workload.Name, StringComparer.Ordinal).ToValueList(),
    };

    private static Workload Pod(string name, string @namespace, int number, bool isMeshed) => new()
    {
        Kind = WorkloadKind.Pod,
        Namespace = @namespace,
        Name = $"{name}-{number}",
        Addresses = [AddressOf(name, number)],
        Labels = Labels(name, number == 0 ? "v1" : "v2"),
        ServiceAccount = name,
        IsMeshed = isMeshed,
    };

    // One's own /24 for each name, without a table: the tests' names do not collide.
    private static NetAddress AddressOf(string name, int number)
    {
        var hash = name.Aggregate(7u, (sum, c) => (sum * 31) + c) % 60000;
        return NetAddress.FromIPv4((10u << 24) | (hash << 8) | (uint)(number + 1));
    }

    private static ServiceEndpoint Endpoint(Workload pod, int port) => new()
    {
        Address = pod.Addresses[0].ToString(),
        Port = port,
        Workload = pod.Key,
        ServiceAccount = pod.ServiceAccount,
        Namespace = pod.Namespace,
        IsMeshed = pod.IsMeshed,
        Labels = pod.Labels,
    };
}
