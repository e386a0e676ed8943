using Intercept.Control.Generation.Indexing;
using Intercept.Control.Model;

namespace Intercept.Control.Generation.Inbound;

/// <summary>The workload beside a proxy, as far as its inbound side depends on it: replicas of a deployment are equal.</summary>
/// <param name="Ports">Empty where no manifest describes it; ports with names are not served then.</param>
internal sealed record ServedWorkload(string Namespace, ValueMap<string> Labels, ValueList<WorkloadPort> Ports)
{
    /// <summary>The manifests' word, else the proxy's own.</summary>
    public static ServedWorkload Of(MeshIndex index, ProxyNode node) => index.Find(node) is { } workload
        ? new ServedWorkload(workload.Namespace, workload.Labels, workload.Ports)
        : new ServedWorkload(node.Namespace, new ValueMap<string>(node.Labels), []);
}
