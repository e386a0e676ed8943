using Intercept.Linux.Bpf;

namespace Intercept.Capture.Ebpf;

/// <summary>The maps of bpf/ that say what to capture, and what was counted.</summary>
internal sealed class EbpfMaps(BpfObject loaded) : IDisposable
{
    public BpfMap<ulong, Pod> Pods { get; } = loaded.Map<ulong, Pod>("pods");

    public BpfMap<ulong, Counters> Counters { get; } = loaded.Map<ulong, Counters>("pod_counters");

    public BpfMap<PortRule, uint> Ports { get; } = loaded.Map<PortRule, uint>("port_rules");

    public BpfMap<RangeRule, uint> Ranges { get; } = loaded.Map<RangeRule, uint>("range_rules");

    public BpfMap<OwnerRule, uint> Owners { get; } = loaded.Map<OwnerRule, uint>("owner_rules");

    /// <summary>
    /// Begins to capture, or changes what is captured: the rules are written under a number of their own, then one write of the pod
    /// brings all of them into force. No connection sees half of them.
    /// </summary>
    public void Enrol(ulong netns, EbpfPlan plan)
    {
        var enrolled = Pods.TryGet(netns, out var before);
        if (enrolled && before.Id == plan.Pod.Id)
        {
            throw new ArgumentException($"rules {before.Id} are in force: changed rules need another number", nameof(plan));
        }

        foreach (var rule in plan.Ports)
        {
            Ports.Set(rule, 1);
        }

        foreach (var rule in plan.Ranges)
        {
            Ranges.Set(rule, 1);
        }

        foreach (var rule in plan.Owners)
        {
            Owners.Set(rule, 1);
        }

        if (!enrolled)
        {
            Counters.Set(netns, default);
        }

        Pods.Set(netns, plan.Pod);
        if (enrolled)
        {
            RemoveRules(before.Id);
        }
    }

    /// <returns>False where it was not enrolled.</returns>
    public bool Remove(ulong netns)
    {
        if (!Pods.TryGet(netns, out var before))
        {
            return false;
        }

        Pods.Remove(netns);
        Counters.Remove(netns);
        RemoveRules(before.Id);
        return true;
    }

    /// <returns>0 also where the namespace is not enrolled.</returns>
    public ulong Count(ulong netns, CaptureReason reason) =>
        Counters.GetPerCpu(netns).Aggregate(0UL, (sum, counters) => sum + counters[(int)reason]);

    public void Dispose()
    {
        Pods.Dispose();
        Counters.Dispose();
        Ports.Dispose();
        Ranges.Dispose();
        Owners.Dispose();
    }

    private void RemoveRules(uint id)
    {
        Remove(Ports, rule => rule.Pod == id);
        Remove(Ranges, rule => rule.Pod == id);
        Remove(Owners, rule => rule.Pod == id);
    }

    private static void Remove<TKey>(BpfMap<TKey, uint> map, Func<TKey, bool> which)
        where TKey : unmanaged
    {
        foreach (var key in map.Keys().Where(which))
        {
            map.Remove(key);
        }
    }
}
