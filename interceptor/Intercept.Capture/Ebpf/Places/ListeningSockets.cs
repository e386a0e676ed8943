using System.Globalization;
using Intercept.Linux.Processes;
using Microsoft.Win32.SafeHandles;

namespace Intercept.Capture.Ebpf.Places;

/// <summary>Sockets that already listen in a network namespace, found in the descriptors of its processes.</summary>
internal static class ListeningSockets
{
    // TCP_LISTEN, as /proc/net/tcp writes it.
    private const string Listening = "0A";

    /// <returns>Each socket once, with whether it is of IPv6; and how many there are, of which some may not be ours to take.</returns>
    public static (IReadOnlyList<(SafeFileHandle Socket, bool IPv6)> Taken, int Found) On(NetworkNamespace pod, ushort port)
    {
        var processes = pod.Processes();
        if (processes.Count == 0)
        {
            return ([], 0);
        }

        var wanted = new Dictionary<string, bool>();
        foreach (var ipv6 in new[] { false, true })
        {
            foreach (var inode in Inodes(Proc(processes[0], ipv6 ? "net/tcp6" : "net/tcp"), port))
            {
                wanted[$"socket:[{inode}]"] = ipv6;
            }
        }

        var found = wanted.Count;
        var taken = new List<(SafeFileHandle, bool)>();
        foreach (var process in wanted.Count == 0 ? [] : processes)
        {
            foreach (var (descriptor, name) in Descriptors(process))
            {
                if (wanted.TryGetValue(name, out var ipv6) && ForeignDescriptor.Duplicate(process, descriptor) is { } socket)
                {
                    taken.Add((socket, ipv6));
                    wanted.Remove(name);
                }
            }
        }

        return (taken, found);
    }

    // "  0: 0100007F:3A9E 00000000:0000 0A ... uid timeout inode"; the port is hexadecimal.
    internal static IEnumerable<string> InodesIn(IEnumerable<string> table, ushort port)
    {
        var ending = string.Create(CultureInfo.InvariantCulture, $":{port:X4}");
        return table.Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields.Length > 9 && fields[3] == Listening && fields[1].EndsWith(ending, StringComparison.Ordinal))
            .Select(fields => fields[9]);
    }

    private static IEnumerable<string> Inodes(string path, ushort port)
    {
        try
        {
            return InodesIn(File.ReadAllLines(path), port);
        }
        catch (IOException)
        {
            // The process ended, or there is no IPv6.
            return [];
        }
    }

    private static IEnumerable<(int Descriptor, string Name)> Descriptors(int process)
    {
        string[] paths;
        try
        {
            paths = Directory.GetFiles(Proc(process, "fd"));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            yield break;
        }

        foreach (var path in paths)
        {
            if (LinkOf(path) is { } name)
            {
                yield return (int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture), name);
            }
        }
    }

    private static string? LinkOf(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string Proc(int process, string file) => string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/{file}");
}
