using System.Collections.Immutable;

namespace Intercept.Xds.Discovery;

/// <summary>How it stands between a client and its server, for pages and metrics. A picture that does not change.</summary>
internal sealed record DiscoveryStatus
{
    public static readonly DiscoveryStatus Initial = new();

    /// <summary>The server has answered on the stream in use.</summary>
    public bool IsConnected { get; init; }

    /// <summary>Since when the stream in use answers, or since when there is none; null before the first try.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>What the server calls itself.</summary>
    public string? ControlPlane { get; init; }

    /// <summary>False: state of the world.</summary>
    public bool IsDelta { get; init; }

    public DateTimeOffset? LastResponse { get; init; }

    /// <summary>Why the last stream ended or could not be opened; kept while connected.</summary>
    public string? LastFailure { get; init; }

    /// <summary>What the last refused response was answered with.</summary>
    public string? LastRefusal { get; init; }

    /// <summary>Streams that the server answered on.</summary>
    public long Streams { get; init; }

    /// <summary>Streams that ended or could not be opened.</summary>
    public long Failures { get; init; }

    /// <summary>Responses, and those of them that were refused in part or whole.</summary>
    public long Responses { get; init; }

    public long Refusals { get; init; }

    /// <summary>The same in the order of <see cref="ResourceType"/>; what is of no known type is not among them.</summary>
    public ImmutableArray<ResponseCount> ByType { get; init; } = [.. TypeUrls.All.Select(static _ => default(ResponseCount))];
}
