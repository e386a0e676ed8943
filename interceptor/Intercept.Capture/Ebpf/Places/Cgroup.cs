using System.Globalization;
using System.Text.RegularExpressions;
using Intercept.Capture.Execution;
using Intercept.Linux;

namespace Intercept.Capture.Ebpf.Places;

/// <summary>A directory of cgroup2: where programs are attached, and whose sockets pass them.</summary>
/// <param name="Inode">The number that the kernel knows it by.</param>
internal sealed partial record Cgroup(string Path, ulong Inode)
{
    // How kubelets and podman name a pod's own: kubepods-burstable-pod0f3c...slice, /kubepods/burstable/pod0f3c.../, libpod_pod_41aa....slice,
    // and /libpod_parent/41aa.../ where podman makes the groups itself.
    [GeneratedRegex("^(.*-)?pod[0-9a-f]{8}([-_]?[0-9a-f]{4}){3}[-_]?[0-9a-f]{12}(\\.slice)?$|^(.*-)?libpod_pod_[0-9a-f]+(\\.slice)?$", RegexOptions.ExplicitCapture)]
    private static partial Regex PodName { get; }

    [GeneratedRegex("(^|/)libpod_parent/[0-9a-f]{64}$", RegexOptions.ExplicitCapture)]
    private static partial Regex PodPath { get; }

    /// <exception cref="CaptureException">It cannot be looked at.</exception>
    public static Cgroup Open(string path) => FileStamp.Of(path).Inode is var inode and not 0
        ? new Cgroup(System.IO.Path.GetFullPath(path), inode)
        : throw new CaptureException($"the cgroup {path} is not there, or cannot be opened; allowed: a directory of cgroup v2 such as /sys/fs/cgroup/kubepods.slice/...");

    /// <summary>
    /// The cgroup of this process and the one of its pod, which holds every container. A container sees itself as the root; where the
    /// host's tree is mounted, it is the group whose processes this one is among.
    /// </summary>
    /// <returns>Null for what cannot be told, and why.</returns>
    public static (Cgroup? Pod, Cgroup? Container, string Reason) OfThisPod()
    {
        var mounts = Mounts();
        var own = OwnPath();
        if (mounts.Count == 0 || own is null)
        {
            return (null, null, mounts.Count == 0 ? "cgroup v2 is not mounted here" : "this process is in no cgroup of version 2");
        }

        foreach (var container in own == "/" ? Elsewhere(mounts) : mounts.Select(mount => System.IO.Path.Join(mount, own)).Where(Directory.Exists))
        {
            var pod = System.IO.Path.GetDirectoryName(container)!;
            if (IsPod(pod))
            {
                return (Open(pod), Open(container), "");
            }
        }

        return (null, null, own == "/"
            ? "this process is in the root of the cgroups that it sees, which is no pod's; mount the host's /sys/fs/cgroup into the container, or name the pod's cgroup with --cgroup"
            : $"the cgroup of this process, {own}, is not in a pod's; name the pod's cgroup with --cgroup");
    }

    /// <summary>Where cgroup2 is mounted: on a hybrid system that is not /sys/fs/cgroup.</summary>
    public static IReadOnlyList<string> Mounts() =>
        [.. File.ReadLines("/proc/self/mounts").Select(line => line.Split(' ')).Where(fields => fields[2] == "cgroup2").Select(fields => fields[1])];

    /// <returns>Those of the processes that are not in it, as people name them.</returns>
    public IReadOnlyList<string> Outside(IEnumerable<int> processes)
    {
        var mounts = Mounts();
        var outside = new List<string>();
        foreach (var process in processes)
        {
            if (PathOf(process.ToString(CultureInfo.InvariantCulture)) is { } own
                && !mounts.Any(mount => IsWithin(System.IO.Path.GetFullPath(System.IO.Path.Join(mount, own)))))
            {
                outside.Add($"pid {process} ({CommandOf(process)}) in {own}");
            }
        }

        return outside;
    }

    internal static bool IsPod(string path) => PodName.IsMatch(System.IO.Path.GetFileName(path)) || PodPath.IsMatch(path);

    private bool IsWithin(string directory) =>
        directory == Path || directory.StartsWith(Path.TrimEnd('/') + "/", StringComparison.Ordinal);

    private static string? OwnPath() => PathOf("self");

    private static string? PathOf(string process)
    {
        try
        {
            return File.ReadLines($"/proc/{process}/cgroup").FirstOrDefault(line => line.StartsWith("0::", StringComparison.Ordinal))?[3..];
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string CommandOf(int process)
    {
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/comm")).Trim();
        }
        catch (IOException)
        {
            return "gone";
        }
    }

    private static IEnumerable<string> Elsewhere(IReadOnlyList<string> mounts) =>
        from tree in mounts
        from directory in Directory.EnumerateDirectories(tree, "*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true })
        where Holds(directory, Environment.ProcessId)
        select directory;

    // The kernel lists processes by the numbers that the reader knows them by, and others as 0.
    private static bool Holds(string directory, int process)
    {
        try
        {
            return File.ReadLines(System.IO.Path.Join(directory, "cgroup.procs")).Contains(process.ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            // Gone meanwhile, or of threads.
            return false;
        }
    }
}
