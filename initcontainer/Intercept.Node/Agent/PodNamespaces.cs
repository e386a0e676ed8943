using System.Globalization;
using Intercept.Capture.Attachments;
using Intercept.Linux;
using Intercept.Node.Installation;

namespace Intercept.Node.Agent;

/// <summary>Finds pods' network namespaces on the host, and never takes the host's own for one.</summary>
internal sealed class PodNamespaces(HostRoot root)
{
    // PROC_PID_INIT_INO of linux/proc_ns.h: the namespace whose process numbers are the host's.
    private const ulong FirstProcessNamespace = 0xEFFFFFFC;

    private const string Processes = "/proc";

    /// <summary>Whether this process sees the host's processes.</summary>
    private static bool SeesProcesses => FileStamp.Of("/proc/self/ns/pid").Inode == FirstProcessNamespace;

    /// <returns>The namespace's file for this process; empty where it is not alive.</returns>
    public (NamespaceState State, string Path) Look(Attachment attachment)
    {
        var isOfProcess = attachment.NetworkNamespace.StartsWith(Processes + "/", StringComparison.Ordinal);
        if (isOfProcess && root.Path.Length > 0 && !SeesProcesses)
        {
            return (NamespaceState.Hidden, "");
        }

        var path = isOfProcess ? attachment.NetworkNamespace : root.Resolve(attachment.NetworkNamespace);
        if (!File.Exists(path))
        {
            // Without its directory nothing is known of it.
            return (isOfProcess || Directory.Exists(Path.GetDirectoryName(path)) ? NamespaceState.Gone : NamespaceState.Hidden, "");
        }

        // A plain file is what is left of a namespace's mount; and all that is seen of one where mounts do not come through.
        if (!FileSystem.IsNamespace(path))
        {
            return (root.Path.Length == 0 ? NamespaceState.Gone : NamespaceState.Hidden, "");
        }

        return FileStamp.Of(path).Inode == attachment.NamespaceInode && !IsHost(path) ? (NamespaceState.Alive, path) : (NamespaceState.Gone, "");
    }

    /// <summary>By the pod's uid in the names of its cgroups: its oldest process that is not in the host's namespace.</summary>
    /// <returns>Null where it has none here.</returns>
    public static string? Find(string uid)
    {
        if (uid.Length == 0 || !SeesProcesses)
        {
            return null;
        }

        // systemd's cgroup driver writes the dashes as underscores.
        var names = new[] { uid, uid.Replace('-', '_') };
        return Directory.EnumerateDirectories(Processes)
            .Select(path => Path.GetFileName(path))
            .Where(name => name.All(char.IsAsciiDigit) && names.Any(Cgroups(name).Contains))
            .Select(name => (Path: $"{Processes}/{name}/ns/net", Started: Started(name)))
            .Where(process => process.Started is not null && FileSystem.IsNamespace(process.Path) && !IsHost(process.Path))
            .OrderBy(process => process.Started)
            .Select(process => process.Path)
            .FirstOrDefault();
    }

    private static bool IsHost(string path)
    {
        var inode = FileStamp.Of(path).Inode;
        return inode == FileStamp.Of("/proc/self/ns/net").Inode || (SeesProcesses && inode == FileStamp.Of("/proc/1/ns/net").Inode);
    }

    private static string Cgroups(string process) => Read($"{Processes}/{process}/cgroup");

    // The twenty-second field of proc(5)'s stat, behind a name that may have anything in it.
    private static ulong? Started(string process)
    {
        var stat = Read($"{Processes}/{process}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > 19 && ulong.TryParse(fields[19], NumberStyles.None, CultureInfo.InvariantCulture, out var started) ? started : null;
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
