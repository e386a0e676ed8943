using System.Globalization;
using System.Text.RegularExpressions;
using Intercept.Capture.Execution;
using Intercept.Linux;

namespace Intercept.Capture.Ebpf.Places;

/// <summary>A directory of cgroup2: where programs are attached, and whose sockets pass them.</summary>
/// <param name="Inode">The number that the kernel knows it by.</param>
internal sealed partial record Cgroup(string Path, ulong Inode)
{
    // How kubelets and podman name a pod's own: kubepods-burstable-pod0f3c...slice, /kubepods/burstable/pod0f3c.../, libpod_pod_41aa....slice
    [GeneratedRegex("^(.*-)?pod[0-9a-f]{8}([-_]?[0-9a-f]{4}){3}[-_]?[0-9a-f]{12}(\\.slice)?$|^(.*-)?libpod_pod_[0-9a-f]+(\\.slice)?$", RegexOptions.ExplicitCapture)]
    private static partial Regex PodName { get; }

    /// <exception cref="CaptureException">It cannot be looked at.</exception>
    public static Cgroup Open(string path) => FileStamp.Of(path).Inode is var inode and not 0
        ? new Cgroup(System.IO.Path.GetFullPath(path), inode)
        : throw new CaptureException($"the cgroup {path} is not there, or cannot be opened; allowed: a directory of cgroup v2 such as /sys/fs/cgroup/kubepods.slice/...");

    /// <summary>
    /// The cgroup that holds every container of the pod in which this process runs. A container sees itself as the root; its own
    /// number is looked for where the host's tree is mounted too.
    /// </summary>
    /// <returns>Null where it cannot be told, and why.</returns>
    public static (Cgroup? Found, string Reason) OfThisPod()
    {
        var mounts = Mounts();
        if (mounts.Count == 0)
        {
            return (null, "cgroup v2 is not mounted here");
        }

        var own = OwnPath();
        if (own is null)
        {
            return (null, "this process is in no cgroup of version 2");
        }

        foreach (var mount in mounts)
        {
            var direct = System.IO.Path.Join(mount, own);
            var container = own != "/" && Directory.Exists(direct) ? direct : Find(mount, FileStamp.Of(mounts[0]).Inode);
            var pod = container is null ? null : System.IO.Path.GetDirectoryName(container);
            if (pod is not null && PodName.IsMatch(System.IO.Path.GetFileName(pod)))
            {
                return (Open(pod), "");
            }
        }

        return (null, own == "/"
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

    internal static bool IsPodName(string name) => PodName.IsMatch(name);

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

    private static string? Find(string root, ulong inode) => Directory
        .EnumerateDirectories(root, "*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true })
        .FirstOrDefault(directory => FileStamp.Of(directory).Inode == inode);
}
