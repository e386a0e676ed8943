namespace Intercept.Capture.Configuration;

/// <summary>Where eBPF capture works.</summary>
public sealed record EbpfSettings
{
    /// <summary>A mounted bpffs. What is pinned there outlives the installing container only where it is the host's.</summary>
    public string Bpffs { get; init; } = "/sys/fs/bpf";

    /// <summary>Whose sockets pass the programs: the pod's cgroup; null for the one that is found.</summary>
    public string? Cgroup { get; init; }

    /// <summary>By which the proxy is known, beside its uid and gid.</summary>
    public string? ProxyCgroup { get; init; }

    /// <summary>A compiled object; null for the built-in one.</summary>
    public string? ObjectFile { get; init; }
}
