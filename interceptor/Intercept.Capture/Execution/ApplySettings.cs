using Intercept.Capture.Configuration;

namespace Intercept.Capture.Execution;

/// <summary>How to apply, as opposed to what.</summary>
public sealed record ApplySettings
{
    public BackendRequest Backend { get; init; }

    public EbpfSettings Ebpf { get; init; } = new();

    /// <summary>Where a record of the choice is kept for `status`.</summary>
    public string StateDirectory { get; init; } = "/run/intercept";

    /// <summary>A path such as /proc/812/ns/net; null for the namespace of this process.</summary>
    public string? NetworkNamespace { get; init; }

    /// <summary>The PATH to find tools on; null for the usual directories.</summary>
    public string? SearchPath { get; init; }

    /// <summary>How long to wait for another run, and for the xtables lock.</summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>net.netfilter.nf_conntrack_tcp_timeout_close_wait to set; null leaves it.</summary>
    public TimeSpan? CloseWaitTimeout { get; init; }

    /// <summary>Write the rules also when they are as they should be.</summary>
    public bool ForceApply { get; init; }

    /// <summary>Somebody has tried eBPF on this machine, as the node agent does once: where it is asked for, it is not tried again.</summary>
    public bool IsEbpfTried { get; init; }

    /// <summary>Where iptables-legacy keeps its lock (XTABLES_LOCKFILE).</summary>
    public string XtablesLockFile { get; init; } = "/run/xtables.lock";
}
