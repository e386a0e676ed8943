using System.Globalization;
using Intercept.Linux;
using Intercept.Linux.Bpf;
using Intercept.Linux.Processes;

namespace Intercept.Capture.Ebpf.Probing;

/// <summary>
/// Looks up the tree for a program that lets none of ours be attached, as the kernel does: the first cgroup upwards that has
/// one decides, and at the cgroup itself it has to allow others beside it.
/// </summary>
internal static class ForeignPrograms
{
    /// <returns>A sentence about what is in the way of this program, or null. Null too where the kernel does not let one look.</returns>
    public static string? InTheWayOf(string program, BpfObject opened, string cgroup)
    {
        try
        {
            for (var directory = Path.GetFullPath(cgroup); IsCgroup(directory); directory = Path.GetDirectoryName(directory)!)
            {
                using var handle = AdvisoryLock.Open(directory);
                var there = opened.Attached(program, handle);
                if (there.AllowsOthers)
                {
                    return null;
                }

                if (!there.Programs.IsEmpty)
                {
                    return directory != Path.GetFullPath(cgroup) && there.AllowsOverride ? null : Sentence(program, directory, there);
                }
            }
        }
        catch (Exception unasked) when (unasked is BpfException or IOException)
        {
            // Attaching asks the same, with less to say about it.
        }

        return null;
    }

    private static bool IsCgroup(string? directory) =>
        directory is not null && FileSystem.IsCgroup2(directory);

    private static string Sentence(string program, string directory, BpfAttachment there)
    {
        var others = there.Programs.Select(number => string.Create(CultureInfo.InvariantCulture, $"{number} ({Name(number)})"));
        return $"program {string.Join(", ", others)} is attached to {directory} and allows no other with it (it lacks BPF_F_ALLOW_MULTI), so {program} cannot be: "
            + "let its owner attach it with BPF_F_ALLOW_MULTI or a link, or use --backend iptables";
    }

    private static string Name(uint number) =>
        BpfSupport.ProgramName(number) is { Length: > 0 } name ? name : "its name is not shown to this process";
}
