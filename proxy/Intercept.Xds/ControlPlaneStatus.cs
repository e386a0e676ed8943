using System.Collections.Immutable;

namespace Intercept.Xds;

/// <summary>How it stands between this proxy and its control plane, for pages and metrics. A picture that does not change.</summary>
public sealed record ControlPlaneStatus
{
    public static ControlPlaneStatus Initial { get; } = new();

    /// <summary>The control plane has answered on the stream in use.</summary>
    public bool IsConnected { get; init; }

    /// <summary>What it calls itself.</summary>
    public string? ControlPlane { get; init; }

    /// <summary>False: state of the world.</summary>
    public bool IsDelta { get; init; }

    /// <summary>Why the last stream ended or could not be opened; kept while connected.</summary>
    public string? LastFailure { get; init; }

    /// <summary>Streams that were answered on, and streams that ended or could not be opened.</summary>
    public long Streams { get; init; }

    public long Failures { get; init; }

    public DateTimeOffset? LastResponse { get; init; }

    /// <summary>Responses, and those of them that were refused in part or whole (NACK).</summary>
    public long Responses { get; init; }

    public long Refusals { get; init; }

    /// <summary>The same for each service; empty before there is a client.</summary>
    public ImmutableArray<DiscoveryCount> ByService { get; init; } = [];

    /// <summary>The state in use is from the disk, and no response has confirmed it yet.</summary>
    public bool IsFromDisk { get; init; }

    /// <summary>
    /// When the state in use was last known to be what the control plane says: now while connected, else the end of the
    /// last stream, or when the state on disk was written. Null without a state. Its age is a metric.
    /// </summary>
    public DateTimeOffset? CurrentAsOf { get; init; }

    /// <summary>Why the state on disk was not used or could not be written; null when it was, or there is none.</summary>
    public string? DiskProblem { get; init; }

    /// <summary>Resources in use or kept, by what they are.</summary>
    public int Clusters { get; init; }

    public int Endpoints { get; init; }

    public int Listeners { get; init; }

    /// <summary>Resources whose latest version was refused.</summary>
    public int Refused { get; init; }
}
