namespace Intercept.Tests.Pods.Containers;

/// <summary>What a container runtime leaves on the real machine, whatever its configuration says.</summary>
internal static class Traces
{
    // podman's, where it makes the groups itself.
    private const string CgroupParent = "libpod_parent";

    /// <summary>Cgroups and CNI's records by the names of these pods and containers, and mounts below a directory.</summary>
    public static IReadOnlyList<string> Of(IReadOnlyList<string> identifiers, string directory) =>
    [
        .. Cgroups().Concat(["/var/lib/cni/results"]).Where(Directory.Exists).SelectMany(place => Directory.EnumerateFileSystemEntries(place))
            .Where(entry => identifiers.Any(identifier => entry.Contains(identifier, StringComparison.Ordinal))),
        .. Mounts(directory),
    ];

    public static IReadOnlyList<string> Mounts(string below) =>
        [.. File.ReadLines("/proc/self/mounts").Select(line => line.Split(' ')[1]).Where(mount => mount.StartsWith($"{below}/", StringComparison.Ordinal)).Reverse()];

    /// <summary>Directories that are made for the first container, and that nobody removes after the last. Others may use them.</summary>
    public static void RemoveEmpty()
    {
        string[] made = [.. Cgroups(), "/var/lib/cni/results", "/var/lib/cni/networks", "/var/lib/cni"];
        foreach (var directory in made.Where(directory => Directory.Exists(directory)))
        {
            try
            {
                Directory.Delete(directory);
            }
            catch (IOException)
            {
                // Not empty.
            }
        }
    }

    /// <summary>On a hybrid system podman leaves those of version 2.</summary>
    /// <param name="pod">Its identifier; empty where there was no such pod.</param>
    public static void RemoveCgroups(string pod)
    {
        foreach (var group in Cgroups().Select(parent => Path.Combine(parent, pod)).Where(group => pod.Length > 0 && Directory.Exists(group)))
        {
            foreach (var container in Directory.GetDirectories(group))
            {
                Directory.Delete(container);
            }

            Directory.Delete(group);
        }
    }

    private static IEnumerable<string> Cgroups() =>
        from mount in File.ReadLines("/proc/self/mounts").Select(line => line.Split(' '))
        where mount[2] is "cgroup" or "cgroup2"
        let parent = Path.Combine(mount[1], CgroupParent)
        where Directory.Exists(parent)
        select parent;
}
