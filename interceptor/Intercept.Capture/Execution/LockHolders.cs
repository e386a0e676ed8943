using System.Globalization;
using Intercept.Linux.Processes;

namespace Intercept.Capture.Execution;

/// <summary>Who holds a file lock, from /proc/locks: a wait that names nobody helps nobody.</summary>
internal static class LockHolders
{
    /// <returns>"pid 812 (iptables-legacy-restore -w)", or null where the kernel does not show the holder.</returns>
    public static string? Of(string path)
    {
        try
        {
            return Of(ulong.Parse(InodeOf(path), CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            return null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    internal static string? Of(ulong inode)
    {
        var suffix = $":{inode}";
        foreach (var line in File.ReadLines("/proc/locks"))
        {
            // "1: FLOCK  ADVISORY  WRITE 9278 00:04:4026531833 0 EOF"; a waiter has "->" after the number.
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > 5 && fields[1] != "->" && fields[5].EndsWith(suffix, StringComparison.Ordinal))
            {
                return Name(fields[4]);
            }
        }

        return null;
    }

    private static string Name(string pid)
    {
        try
        {
            var command = File.ReadAllText($"/proc/{pid}/cmdline").Replace('\0', ' ').Trim();
            return command.Length == 0 ? $"pid {pid}" : $"pid {pid} ({command})";
        }
        catch (IOException)
        {
            return $"pid {pid}";
        }
    }

    // The inode number as the kernel prints it for an open descriptor; .NET has no stat(2) that shows it.
    private static string InodeOf(string path)
    {
        using var file = AdvisoryLock.Open(path);
        var info = File.ReadLines($"/proc/self/fdinfo/{file.DangerousGetHandle()}");
        var line = info.FirstOrDefault(line => line.StartsWith("ino:", StringComparison.Ordinal))
            ?? throw new IOException($"no inode for {path}");
        return line["ino:".Length..].Trim();
    }
}
