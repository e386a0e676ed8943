namespace Intercept.Control.Model.Security;

/// <param name="Port">The workload's port, not the service's.</param>
internal readonly record struct PortMtls(int Port, MtlsMode Mode);
