using Intercept.Control.Model.Services;

namespace Intercept.Control.Model.Traffic;

/// <param name="Port">What the world connects to.</param>
/// <param name="DefaultEndpoint">127.0.0.1:PORT, 0.0.0.0:PORT (the pod's own address) or unix://PATH; null: the address that was connected to.</param>
internal sealed record IngressListener(ServicePort Port, string? Bind, CaptureMode CaptureMode, string? DefaultEndpoint, ConnectionPool? ConnectionPool);
