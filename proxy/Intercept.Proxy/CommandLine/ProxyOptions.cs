using System.Collections.Immutable;
using Intercept.Core.Addressing;
using Microsoft.Extensions.Logging;

namespace Intercept.Proxy.CommandLine;

/// <summary>What the command line says, checked. At least one of the configurations is given, or a control plane.</summary>
internal sealed record ProxyOptions
{
    /// <summary>-c, --config-path: an Envoy v3 bootstrap, read again when it changes.</summary>
    public required string? ConfigPath { get; init; }

    /// <summary>--config-yaml: merged over the file.</summary>
    public required string? ConfigYaml { get; init; }

    public required ProxyMode Mode { get; init; }

    /// <summary>--concurrency: event loops.</summary>
    public required int Concurrency { get; init; }

    public required LogLevel LogLevel { get; init; }

    /// <summary>--log-path; null is stderr.</summary>
    public required string? LogPath { get; init; }

    /// <summary>--service-node: overrides node.id.</summary>
    public required string? ServiceNode { get; init; }

    /// <summary>--service-cluster: overrides node.cluster.</summary>
    public required string? ServiceCluster { get; init; }

    /// <summary>--drain-time-s: how long a drain waits for connections to end by themselves.</summary>
    public required TimeSpan DrainTime { get; init; }

    /// <summary>--access-log: "-" is stdout, null is off.</summary>
    public required string? AccessLogPath { get; init; }

    /// <summary>--client-address.</summary>
    public bool PresentsClients { get; init; }

    /// <summary>Control plane and certificates.</summary>
    public FeedOptions Feed { get; init; } = FeedOptions.None;

    /// <summary>--health-address; empty is off.</summary>
    public required ImmutableArray<NetEndpoint> HealthAddresses { get; init; }
}
