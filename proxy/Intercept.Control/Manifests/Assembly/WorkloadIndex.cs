using Intercept.Control.Model;
using Intercept.Core.Addressing;

namespace Intercept.Control.Manifests.Assembly;

/// <summary>Workloads by name, by address and by label: ten thousand services look for theirs at once.</summary>
internal sealed class WorkloadIndex
{
    private readonly Dictionary<(string Namespace, string Pod), Workload> _pods = [];
    private readonly Dictionary<NetAddress, Workload> _addresses = [];
    private readonly ILookup<string, Workload> _namespaces;
    private readonly ILookup<(string Namespace, string Key, string Value), Workload> _labels;

    public WorkloadIndex(ValueList<Workload> workloads)
    {
        Workloads = workloads;
        foreach (var workload in workloads)
        {
            if (workload.Kind == WorkloadKind.Pod)
            {
                _pods.TryAdd((workload.Namespace, workload.Name), workload);
            }

            // Pods in the host's network share its address, which tells nothing about who answers.
            foreach (var address in workload.HostNetwork ? [] : workload.Addresses)
            {
                _addresses.TryAdd(address, workload);
            }
        }

        _namespaces = workloads.ToLookup(workload => workload.Namespace);
        _labels = workloads.SelectMany(workload => workload.Labels.Select(label => (workload, label)))
            .ToLookup(pair => (pair.workload.Namespace, pair.label.Key, pair.label.Value), pair => pair.workload);
    }

    public ValueList<Workload> Workloads { get; }

    public Workload? Find(string inNamespace, string? pod, NetAddress address) =>
        pod is not null && _pods.TryGetValue((inNamespace, pod), out var named) ? named : _addresses.GetValueOrDefault(address);

    public IEnumerable<Workload> Selected(string inNamespace, WorkloadSelector selector)
    {
        var candidates = selector.Labels.IsEmpty ? _namespaces[inNamespace]
            : selector.Labels.Select(label => _labels[(inNamespace, label.Key, label.Value)]).MinBy(found => found.TryGetNonEnumeratedCount(out var count) ? count : 0)!;
        return candidates.Where(workload => selector.Matches(workload.Labels));
    }
}
