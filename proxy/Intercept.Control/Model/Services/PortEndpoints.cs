namespace Intercept.Control.Model.Services;

/// <param name="Port">The service's port (not the target port).</param>
/// <param name="Endpoints">In the order of address and port, each once.</param>
internal sealed record PortEndpoints(int Port, ValueList<ServiceEndpoint> Endpoints);
