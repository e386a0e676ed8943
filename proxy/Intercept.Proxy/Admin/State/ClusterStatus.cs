using System.Collections.Immutable;

namespace Intercept.Proxy.Admin.State;

/// <param name="MaximumConnections">The circuit breaker; 0 is no limit.</param>
/// <param name="Endpoints">Of ORIGINAL_DST none: its hosts are without number.</param>
internal sealed record ClusterStatus(string Name, int MaximumConnections, ImmutableArray<EndpointStatus> Endpoints)
{
    /// <summary>It came from a control plane.</summary>
    public bool IsDynamic { get; init; }
}
