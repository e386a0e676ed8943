using Intercept.Control.Generation.Clusters;
using Intercept.Control.Generation.Indexing;
using Intercept.Control.Model;
using Intercept.Control.Model.Services;

namespace Intercept.Control.Generation.Listeners;

/// <summary>
/// A port of a headless service: its callers choose a pod and connect to its address, so that each pod has a listener.
/// Those that have no proxy are called as they are.
/// </summary>
internal sealed class HeadlessPort(int position, PortPlan port, ValueList<ConnectionTarget> targets)
{
    private Dictionary<string, (ValueList<ConnectionTarget> Targets, GeneratedResource Listener)> _known = new(StringComparer.Ordinal);
    private EndpointsNode? _endpoints;

    public IEnumerable<GeneratedResource> ListenersOf(MeshIndex index)
    {
        if (!ReferenceEquals(_endpoints, index.Endpoints[position]))
        {
            _endpoints = index.Endpoints[position];
            _known = Build(_endpoints.Endpoints.Of(port.Port.Port));
        }

        return _known.Values.Select(known => known.Listener);
    }

    private Dictionary<string, (ValueList<ConnectionTarget> Targets, GeneratedResource Listener)> Build(ValueList<ServiceEndpoint> endpoints)
    {
        var listeners = new Dictionary<string, (ValueList<ConnectionTarget> Targets, GeneratedResource Listener)>(StringComparer.Ordinal);
        foreach (var endpoint in endpoints)
        {
            var name = ResourceNames.Listener(endpoint.Address, endpoint.Port);
            var wanted = TargetsOf(endpoint);
            if (!_known.TryGetValue(name, out var known) || known.Targets != wanted)
            {
                var input = new ListenerInput(endpoint.Address, endpoint.Port, port.All.Name, wanted, null, null);
                known = (wanted, ServiceListener.Build(input));
            }

            listeners.TryAdd(name, known);
        }

        return listeners;
    }

    private ValueList<ConnectionTarget> TargetsOf(ServiceEndpoint endpoint)
    {
        var isUntouched = targets is [{ IsForAll: true, Clusters: [var only] }] && only.Cluster == port.All.Name;
        return isUntouched && port.All.Policy.Tls is null && !MutualTlsEndpoints.Contains(endpoint, port.All.Input)
            ? [ConnectionTarget.All(ResourceNames.Passthrough)]
            : targets;
    }
}
