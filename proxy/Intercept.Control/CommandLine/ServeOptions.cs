using Intercept.Control.Logging;
using Intercept.Control.Serving.Endpoints;
using Microsoft.Extensions.Logging;

namespace Intercept.Control.CommandLine;

/// <summary>What `serve` was asked for, checked.</summary>
internal sealed record ServeOptions
{
    /// <summary>A folder; null with <see cref="IsKubernetes"/>.</summary>
    public required string? Manifests { get; init; }

    public required bool IsKubernetes { get; init; }

    public required string? Kubeconfig { get; init; }

    public required string? Context { get; init; }

    public required ListeningOn Addresses { get; init; }

    public required MeshFlags Mesh { get; init; }

    public required AuthorityFlags Authority { get; init; }

    public required TimeSpan PushDelay { get; init; }

    public required TimeSpan LongestPushDelay { get; init; }

    public required int MaximumProxies { get; init; }

    public required TimeSpan DrainTime { get; init; }

    public required LogLevel LogLevel { get; init; }

    public required LogForm LogForm { get; init; }
}
