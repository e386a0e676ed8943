namespace Intercept.Control.Model.Services;

/// <summary>One address and port behind a port of a service.</summary>
internal sealed record ServiceEndpoint
{
    /// <summary>An IP address, or a DNS name where the service's resolution is DNS.</summary>
    public required string Address { get; init; }

    public required int Port { get; init; }

    public EndpointHealth Health { get; init; }

    /// <summary>The workload in <see cref="MeshModel.Workloads"/>, if it is one of those.</summary>
    public WorkloadName? Workload { get; init; }

    /// <summary>The account whose certificate it shows, in the namespace of <see cref="Namespace"/>; null when not known.</summary>
    public string? ServiceAccount { get; init; }

    public required string Namespace { get; init; }

    public bool IsMeshed { get; init; }

    /// <summary>What subsets choose by.</summary>
    public ValueMap<string> Labels { get; init; }

    public string Locality { get; init; } = "";

    /// <summary>0 when nothing says it.</summary>
    public uint Weight { get; init; }
}
