using Intercept.Control.Model.Services;

namespace Intercept.Control.Generation.Inbound;

/// <summary>A port of the workload that a service or the Sidecar names.</summary>
/// <param name="Port">What is connected to: the target port.</param>
/// <param name="DefaultEndpoint">Where the application is, if not there: 127.0.0.1:PORT, 0.0.0.0:PORT; else null.</param>
internal sealed record InboundPort(int Port, PortProtocol Protocol, string? DefaultEndpoint)
{
    public string Cluster => ResourceNames.Inbound(Port);
}
