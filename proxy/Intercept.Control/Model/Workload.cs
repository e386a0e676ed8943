using Intercept.Core.Addressing;

namespace Intercept.Control.Model;

/// <summary>Something that has an address and an identity: a pod, or a machine that a WorkloadEntry describes.</summary>
internal sealed record Workload
{
    public required WorkloadKind Kind { get; init; }

    public required string Namespace { get; init; }

    public required string Name { get; init; }

    /// <summary>Empty while a pod has no address yet, and for a WorkloadEntry with a DNS name.</summary>
    public ValueList<NetAddress> Addresses { get; init; }

    /// <summary>A WorkloadEntry's address when it is a DNS name; else null.</summary>
    public string? HostName { get; init; }

    public ValueMap<string> Labels { get; init; }

    public string ServiceAccount { get; init; } = "default";

    public ValueList<WorkloadPort> Ports { get; init; }

    public string? Node { get; init; }

    public bool HostNetwork { get; init; }

    public bool IsReady { get; init; } = true;

    /// <summary>Has a proxy that takes mTLS: its endpoints are tlsMode=istio.</summary>
    public bool IsMeshed { get; init; }

    /// <summary>REGION/ZONE/SUBZONE, as far as known; empty otherwise.</summary>
    public string Locality { get; init; } = "";

    /// <summary>Of a WorkloadEntry; 0 when it says nothing.</summary>
    public uint Weight { get; init; }

    public Origin Origin { get; init; } = Origin.None;

    public WorkloadName Key => new(Kind, Namespace, Name);
}
