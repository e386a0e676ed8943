using Intercept.Control.Generation.Indexing;
using Intercept.Control.Model.Services;
using Intercept.Control.Model.Traffic;

namespace Intercept.Control.Generation.Inbound;

internal static class InboundPorts
{
    /// <returns>In the order of ports, each once: of two services for one the first by name says the protocol.</returns>
    public static IEnumerable<InboundPort> Of(MeshShape shape, ServedWorkload workload, Sidecar? sidecar)
    {
        var ports = new SortedDictionary<int, InboundPort>();
        if (sidecar?.Ingress is { } ingress)
        {
            foreach (var listener in ingress)
            {
                ports.TryAdd(listener.Port.Port, new InboundPort(listener.Port.Port, listener.Port.Protocol, listener.DefaultEndpoint));
            }

            return ports.Values;
        }

        foreach (var node in shape.ServicesByNamespace[workload.Namespace])
        {
            if (node.Service.Selector is not { Labels.IsEmpty: false } selector || !selector.Matches(workload.Labels))
            {
                continue;
            }

            foreach (var port in node.Service.Ports.Where(port => port.Protocol != PortProtocol.Udp))
            {
                if (TargetOn(workload, port.Target) is { } target)
                {
                    ports.TryAdd(target, new InboundPort(target, port.Protocol, null));
                }
            }
        }

        return ports.Values;
    }

    private static int? TargetOn(ServedWorkload workload, TargetPort target) => target.Name is null
        ? target.Number
        : workload.Ports.FirstOrDefault(port => port.Name == target.Name)?.Port;
}
