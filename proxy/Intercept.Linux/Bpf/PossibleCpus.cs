using System.Globalization;

namespace Intercept.Linux.Bpf;

/// <summary>Processors that the kernel has room for, present or not: so many values has an entry of a per-CPU map.</summary>
internal static class PossibleCpus
{
    public static int Count { get; } = Parse(File.ReadAllText("/sys/devices/system/cpu/possible"));

    /// <param name="list">"0-3" or "0" or "0-3,8-11".</param>
    internal static int Parse(string list) => 1 + int.Parse(list.AsSpan(list.AsSpan().LastIndexOfAny(',', '-') + 1), CultureInfo.InvariantCulture);
}
