using System.Runtime.InteropServices;
using Intercept.Linux.Bpf;

namespace Intercept.Capture.Ebpf;

/// <summary>The maps of bpf/ that say what to capture, and what was counted.</summary>
internal sealed class EbpfMaps : IDisposable
{
    public EbpfMaps(BpfObject loaded)
    {
        Pods = loaded.Map<ulong, Pod>(PodsName);
        Counters = loaded.Map<ulong, Counters>(CountersName);
        Ports = loaded.Map<PortRule, uint>(PortsName);
        Ranges = loaded.Map<RangeRule, uint>(RangesName);
        Owners = loaded.Map<OwnerRule, uint>(OwnersName);
        Aliases = loaded.Map<DnsAliasKey, DnsAlias>(AliasesName);
        Listeners = loaded.Map<ListenerKey, ulong>(ListenersName);
        EventWindows = loaded.Map<ulong, EventWindow>(EventWindowsName);
    }

    private EbpfMaps(string directory)
    {
        Pods = Pinned<ulong, Pod>(directory, PodsName);
        Counters = Pinned<ulong, Counters>(directory, CountersName);
        Ports = Pinned<PortRule, uint>(directory, PortsName);
        Ranges = Pinned<RangeRule, uint>(directory, RangesName);
        Owners = Pinned<OwnerRule, uint>(directory, OwnersName);
        Aliases = Pinned<DnsAliasKey, DnsAlias>(directory, AliasesName);
        Listeners = Pinned<ListenerKey, ulong>(directory, ListenersName);
        EventWindows = Pinned<ulong, EventWindow>(directory, EventWindowsName);
    }

    private const string PodsName = "pods";
    private const string CountersName = "pod_counters";
    private const string PortsName = "port_rules";
    private const string RangesName = "range_rules";
    private const string OwnersName = "owner_rules";
    private const string AliasesName = "dns_aliases";
    private const string ListenersName = "listeners";
    private const string EventWindowsName = "event_windows";

    public BpfMap<ulong, Pod> Pods { get; }

    public BpfMap<ulong, Counters> Counters { get; }

    public BpfMap<PortRule, uint> Ports { get; }

    public BpfMap<RangeRule, uint> Ranges { get; }

    public BpfMap<OwnerRule, uint> Owners { get; }

    public BpfMap<DnsAliasKey, DnsAlias> Aliases { get; }

    /// <summary>A descriptor is written, a socket's cookie is read.</summary>
    public BpfMap<ListenerKey, ulong> Listeners { get; }

    public BpfMap<ulong, EventWindow> EventWindows { get; }

    /// <exception cref="BpfException">One is missing, or has keys or values of other sizes.</exception>
    public static EbpfMaps OpenPinned(string directory) => new(directory);

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
            Ports.Set(rule, rule.Prefix);
        }

        foreach (var rule in plan.Ranges)
        {
            Ranges.Set(rule, rule.Prefix);
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
        EventWindows.Remove(netns);
        foreach (var alias in Aliases.Keys().Where(alias => alias.Netns == netns))
        {
            Aliases.Remove(alias);
        }

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
        Aliases.Dispose();
        Listeners.Dispose();
        EventWindows.Dispose();
    }

    /// <summary>One walk through every rule of every pod.</summary>
    public void RemoveRules(params ReadOnlySpan<uint> ids)
    {
        HashSet<uint> gone = [.. ids];
        Remove(Ports, rule => gone.Contains(rule.Pod));
        Remove(Ranges, rule => gone.Contains(rule.Pod));
        Remove(Owners, rule => gone.Contains(rule.Pod));
    }

    /// <returns>A line for everything in which the namespace's entry and rules differ from the plan, apart from their number.</returns>
    public IReadOnlyList<string> Differences(ulong netns, EbpfPlan plan)
    {
        if (!Pods.TryGet(netns, out var pod))
        {
            return ["missing: this network namespace is not enrolled"];
        }

        var numbered = plan.WithId(pod.Id);
        var differences = new List<string>();
        if (!MemoryMarshal.AsBytes([pod]).SequenceEqual(MemoryMarshal.AsBytes([numbered.Pod])))
        {
            differences.Add("the entry of this network namespace differs");
        }

        // What is found for a key may be a wider rule: the value of a rule says which one it is.
        differences.AddRange(numbered.Ports.Where(rule => !Ports.TryGet(rule, out var prefix) || prefix != rule.Prefix).Select(rule => $"missing: {rule}"));
        differences.AddRange(numbered.Ranges.Where(rule => !Ranges.TryGet(rule, out var prefix) || prefix != rule.Prefix).Select(rule => $"missing: {rule}"));
        differences.AddRange(numbered.Owners.Where(rule => !Owners.TryGet(rule, out _)).Select(rule => $"missing: {rule}"));
        return differences;
    }

    private static BpfMap<TKey, TValue> Pinned<TKey, TValue>(string directory, string name)
        where TKey : unmanaged
        where TValue : unmanaged => BpfMap<TKey, TValue>.OpenPinned(Path.Combine(directory, name));

    private static void Remove<TKey>(BpfMap<TKey, uint> map, Func<TKey, bool> which)
        where TKey : unmanaged
    {
        foreach (var key in map.Keys().Where(which))
        {
            map.Remove(key);
        }
    }
}
