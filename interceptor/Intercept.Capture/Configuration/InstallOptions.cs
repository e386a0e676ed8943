namespace Intercept.Capture.Configuration;

/// <summary>How to install, beside what to capture.</summary>
public sealed record InstallOptions
{
    public bool DryRun { get; init; }

    /// <summary>Where a dry run writes what it would do; null is standard output.</summary>
    public string? DryRunFile { get; init; }

    public bool SkipRuleApply { get; init; }

    public bool RunValidation { get; init; }

    public bool Reconcile { get; init; }

    public bool CleanupOnly { get; init; }

    public bool ForceApply { get; init; }

    public bool CniMode { get; init; }

    public BackendChoice Backend { get; init; }

    /// <summary>Null is to be detected.</summary>
    public IptablesVariant? IptablesVariant { get; init; }

    /// <summary>The path of the namespace to work in; null is the caller's own.</summary>
    public string? NetworkNamespace { get; init; }

    public ushort ProbePort { get; init; } = 15002;

    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long another program may hold the xtables lock.</summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>net.netfilter.nf_conntrack_tcp_timeout_close_wait to set; null leaves it.</summary>
    public TimeSpan? CloseWaitTimeout { get; init; }

    /// <summary>Where the choice of a backend is recorded.</summary>
    public string StateDirectory { get; init; } = "/run/intercept";

    public EbpfSettings Ebpf { get; init; } = new();
}
