using Intercept.Proxy.AccessLogs;
using Intercept.Proxy.Stats;
using Microsoft.Extensions.Logging;

namespace Intercept.Proxy.Serving;

/// <summary>What every worker shares. All of it may be used from any loop.</summary>
/// <param name="MaximumConnections">What the descriptors of the process suffice for, with some left for everything else.</param>
/// <param name="AccessLog">Null when it is off.</param>
internal sealed record ServingServices(CloseStats Closes, Gauge Connections, long MaximumConnections, AccessLog? AccessLog, TimeProvider Time, ILogger Logger)
{
    /// <summary>Whether inbound connections tell the application who called.</summary>
    public bool PresentsClients { get; init; }

    public bool HasRoom() => Connections.Value < MaximumConnections;
}
