namespace Intercept.Control.Model.Services;

/// <param name="Name">Unique in its service; empty if it is the only one.</param>
internal sealed record ServicePort(string Name, int Port, TargetPort Target, PortProtocol Protocol);
