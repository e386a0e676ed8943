using System.Collections.Immutable;
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

    /// <summary>Whether the processes that this one sees are the host's: without a root of its own it is on the host.</summary>
    private bool SeesProcesses { get; } = root.Path.Length == 0 || FileStamp.Of("/proc/self/ns/pid").Inode == FirstProcessNamespace;

    /// <returns>The namespace's file for this process; empty where it is not alive.</returns>
    public (NamespaceState State, string Path) Look(Attachment attachment)
    {
        var isOfProcess = attachment.NetworkNamespace.StartsWith(Processes + "/", StringComparison.Ordinal);
        if (isOfProcess && !SeesProcesses)
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

    /// <summary>By the pods' uids in the names of cgroups: of each pod's processes the oldest that is not in the host's namespace.</summary>
    /// <returns>By uid; without those that have no process here.</returns>
    public IReadOnlyDictionary<string, string> Find(IReadOnlyCollection<string> uids)
    {
        var found = new Dictionary<string, (ulong Started, string Path)>();
        if (uids.Count == 0 || !SeesProcesses)
        {
            return ImmutableDictionary<string, string>.Empty;
        }

        foreach (var process in Directory.EnumerateDirectories(Processes).Select(path => Path.GetFileName(path)).Where(name => name.All(char.IsAsciiDigit)))
        {
            // systemd's cgroup driver writes the dashes as underscores.
            var cgroups = Cgroups(process).Replace('_', '-');
            var path = $"{Processes}/{process}/ns/net";
            if (uids.FirstOrDefault(cgroups.Contains) is { } uid && Started(process) is { } started && FileSystem.IsNamespace(path) && !IsHost(path)
                && (!found.TryGetValue(uid, out var earlier) || started < earlier.Started))
            {
                found[uid] = (started, path);
            }
        }

        return found.ToDictionary(pod => pod.Key, pod => pod.Value.Path);
    }

    private bool IsHost(string path)
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
