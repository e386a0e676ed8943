using System.Globalization;

namespace Intercept.Capture.Ebpf.Pinning;

/// <summary>
/// Where everything of ours lies on bpffs. Names have no dot: the kernel keeps those for itself.
/// <code>
/// intercept/             locked by whoever changes anything
///   stage-PID/           what is being made; renamed into place when it is complete
///   v1/maps/NAME
///   v1/cgroups/INODE/    a link for every program there, and a record
///   v1/pods/COOKIE/      the link of the pod's network namespace, and a record
///   v1/unsettled/ID/     rules of this number were being written or removed when a run was cut off
/// </code>
/// </summary>
/// <param name="Bpffs">The directory where bpffs is mounted, or one below it.</param>
/// <param name="Number">Which layout: this one's, or that of another version, whose directories are called alike.</param>
internal readonly record struct PinLayout(string Bpffs, int Number = PinLayout.Abi)
{
    /// <summary>Raised with every change of the maps in bpf/maps.h: what another layout pinned is never written to.</summary>
    public const int Abi = 1;

    public const string Record = "record";

    public string Root => Path.Combine(Bpffs, "intercept");

    public string Stage => Path.Combine(Root, string.Create(CultureInfo.InvariantCulture, $"stage-{Environment.ProcessId}"));

    public string Version => Path.Combine(Root, string.Create(CultureInfo.InvariantCulture, $"v{Number}"));

    public string Maps => Path.Combine(Version, "maps");

    public string Cgroups => Path.Combine(Version, "cgroups");

    public string Pods => Path.Combine(Version, "pods");

    public string Unsettled => Path.Combine(Version, "unsettled");

    public string Cgroup(ulong inode) => Path.Combine(Cgroups, Text(inode));

    public string Pod(ulong cookie) => Path.Combine(Pods, Text(cookie));

    public string UnsettledRules(uint id) => Path.Combine(Unsettled, Text(id));

    /// <returns>Layouts of other versions of which there is something.</returns>
    public IReadOnlyList<PinLayout> OtherVersions()
    {
        var own = this;
        return !Directory.Exists(Root)
            ? []
            : [.. Directory.EnumerateDirectories(Root, "v*")
                .Select(path => int.TryParse(Path.GetFileName(path).AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : own.Number)
                .Where(number => number != own.Number)
                .Select(number => own with { Number = number })];
    }

    /// <returns>The numbers that name the directories there; others are not ours.</returns>
    public static IReadOnlyList<ulong> NumbersIn(string directory) => !Directory.Exists(directory)
        ? []
        : [.. Directory.EnumerateDirectories(directory)
            .Select(path => ulong.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : (ulong?)null)
            .OfType<ulong>()];

    /// <summary>Only root may look: who captures whom is nobody else's business.</summary>
    public static void Create(string directory) =>
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
