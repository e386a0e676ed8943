using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Ebpf;

/// <summary>A scratch cgroup with a child for the application and one for the proxy. Children of this process enter them on their own.</summary>
internal sealed class ControlGroups : IDisposable
{
    private readonly string _root;

    private ControlGroups(string root) => _root = root;

    public string Root => _root;

    public string App => Path.Combine(_root, "app");

    public string Proxy => Path.Combine(_root, "proxy");

    /// <returns>Where cgroup2 is mounted: on a hybrid system it is not /sys/fs/cgroup. Null where it is not.</returns>
    public static string? Mount() =>
        File.ReadLines("/proc/self/mounts").Select(line => line.Split(' ')).FirstOrDefault(fields => fields[2] == "cgroup2")?[1];

    public static ControlGroups Create(string name)
    {
        var groups = new ControlGroups(Path.Combine(Mount()!, name));
        foreach (var directory in new[] { groups.Root, groups.App, groups.Proxy })
        {
            Directory.CreateDirectory(directory);
        }

        return groups;
    }

    /// <summary>The number that the kernel gives a program: the inode of the directory.</summary>
    public static async Task<ulong> IdAsync(string group) =>
        ulong.Parse(await Programs.MustAsync("stat", "-c", "%i", group), System.Globalization.CultureInfo.InvariantCulture);

    public void Dispose()
    {
        foreach (var directory in new[] { App, Proxy, Root })
        {
            // Its files are the kernel's: only the directory itself may go.
            Directory.Delete(directory);
        }
    }
}
