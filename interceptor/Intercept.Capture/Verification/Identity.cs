using Intercept.Capture.Planning;

namespace Intercept.Capture.Verification;

/// <summary>As whom a probe connects.</summary>
public readonly record struct Identity(uint Uid, uint Gid)
{
    // Just below "nobody": numbers that images rarely give to anybody.
    private const uint Unused = 65532;

    /// <summary>A process of the workload: a user whom no rule names, in a captured group.</summary>
    public static Identity ApplicationOf(CapturePlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var configuration = plan.Configuration;
        var taken = configuration.ProxyGids.Concat(configuration.OwnerGroupsExclude).Concat(configuration.ProxyUids).ToHashSet();
        var free = Enumerable.Range(0, taken.Count + 1).Select(offset => Unused - (uint)offset).First(id => !taken.Contains(id));
        return new Identity(free, configuration.OwnerGroupsInclude.IsEmpty ? free : configuration.OwnerGroupsInclude[0]);
    }

    public override string ToString() => $"uid {Uid} gid {Gid}";
}
