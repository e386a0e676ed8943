using Intercept.Core.Addressing;

namespace Intercept.Proxy.Admin.State;

/// <summary>One host of a cluster.</summary>
internal sealed record EndpointStatus
{
    public required NetEndpoint Endpoint { get; init; }

    /// <summary>The name that resolved to it; empty for a configured address.</summary>
    public required string HostName { get; init; }

    public required uint Weight { get; init; }

    public required bool IsHealthy { get; init; }

    public required long ActiveConnections { get; init; }

    public required long TotalConnections { get; init; }

    public required long ConnectFailures { get; init; }
}
