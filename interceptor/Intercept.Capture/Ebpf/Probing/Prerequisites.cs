using Intercept.Capture.Execution;
using Intercept.Linux;
using Intercept.Linux.Bpf;

namespace Intercept.Capture.Ebpf.Probing;

/// <summary>What has to be there before anything is loaded. None of these depends on another, so each that is missing is told.</summary>
internal static class Prerequisites
{
    private const string WholeUserNamespace = "4294967295";

    /// <returns>Whether an object can be loaded at all.</returns>
    public static bool Look(EbpfProbeSettings settings, EbpfReport report)
    {
        var library = BpfSupport.LibraryFailure();
        if (library is not null)
        {
            report.Both(EbpfReason.NoLibbpf, library);
        }

        var capable = LookAtCapabilities(report) && LookAtCall(report);
        LookAtBpffs(settings.Bpffs, report);
        LookAtCgroup(settings.Cgroup, report);
        return library is null && capable;
    }

    private static bool LookAtCapabilities(EbpfReport report)
    {
        var missing = new List<string>();
        if (!Privileges.HasSysAdmin())
        {
            missing.AddRange(Privileges.HasBpf() ? [] : ["BPF"]);
            missing.AddRange(Privileges.HasPerfmon() ? [] : ["PERFMON"]);
            missing.AddRange(Privileges.HasNetAdmin() ? [] : ["NET_ADMIN"]);
        }

        if (missing.Count > 0)
        {
            var purposes = missing.Select(name => $"CAP_{name} ({PurposeOf(name)})");
            report.Both(
                EbpfReason.NoCapability,
                $"missing capability {string.Join(" and ", purposes)}: in a pod spec add [{string.Join(", ", missing)}] to this container's "
                + $"securityContext.capabilities.add; with docker or podman {string.Join(' ', missing.Select(name => $"--cap-add {name}"))}; on a host run as root");
            return false;
        }

        if (IsInUserNamespace())
        {
            report.Both(
                EbpfReason.NoCapability,
                "the capabilities of this process end at its user namespace, and eBPF needs those of the host: run the container with the host's users (hostUsers: true, not rootless)");
            return false;
        }

        return true;
    }

    // To a loader without PERFMON the verifier goes through what a processor may only speculate on, where no loop has an end
    // (sanitize_speculative_path in kernel/bpf/verifier.c).
    private static string PurposeOf(string capability) => capability switch
    {
        "BPF" => "to load programs",
        "PERFMON" => "to load programs with loops",
        _ => "to attach them",
    };

    private static bool LookAtCall(EbpfReport report)
    {
        var refusal = BpfSupport.Refusal();
        if (refusal == Errno.NotImplemented)
        {
            report.Both(EbpfReason.BpfRefused, "bpf(2) is not there (ENOSYS): the kernel is built without CONFIG_BPF_SYSCALL, or a sandbox such as gVisor stands for it");
        }
        else if (refusal != 0)
        {
            report.Both(
                EbpfReason.BpfRefused,
                $"bpf(2) is refused ({Errno.Describe(refusal)}) though the capabilities are there: a seccomp filter or security module forbids it; "
                + "allow it in the container's seccompProfile, or use Unconfined");
        }

        return refusal == 0;
    }

    private static void LookAtBpffs(string directory, EbpfReport report)
    {
        var refused = FileSystem.WriteError(directory);
        if (!FileSystem.IsBpf(directory))
        {
            var found = refused == Errno.NoEntry ? Errno.Describe(refused) : "another file system is there";
            report.Both(
                EbpfReason.NoBpffs,
                $"no bpffs at {directory} ({found}), where programs are kept: mount -t bpf bpf {directory}, or in a pod spec mount the host's as a hostPath volume, or name another place with --bpffs");
        }
        else if (refused != 0)
        {
            report.Both(EbpfReason.NoBpffs, $"the bpffs at {directory} cannot be written ({Errno.Describe(refused)}): mount it without readOnly, for root");
        }
    }

    private static void LookAtCgroup(string directory, EbpfReport report)
    {
        var refused = FileSystem.WriteError(directory);
        if (!FileSystem.IsCgroup2(directory))
        {
            var found = refused == Errno.NoEntry ? Errno.Describe(refused) : "another file system is there, which may be cgroup v1";
            report.Both(
                EbpfReason.NoCgroup2,
                $"{directory} is no directory of cgroup v2 ({found}): programs are attached to one. In a pod spec mount the host's /sys/fs/cgroup as a hostPath volume; a node with cgroup v1 alone has none");
        }
        else if (refused != 0)
        {
            report.Both(EbpfReason.NoCgroup2, $"the cgroup {directory} cannot be written ({Errno.Describe(refused)}), and the probe makes one below it: mount it without readOnly, for root");
        }
    }

    // "0 0 4294967295": every user is the host's.
    private static bool IsInUserNamespace()
    {
        try
        {
            var fields = File.ReadAllText("/proc/self/uid_map").Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            return fields is not ["0", "0", WholeUserNamespace];
        }
        catch (IOException)
        {
            // A kernel without user namespaces.
            return false;
        }
    }
}
