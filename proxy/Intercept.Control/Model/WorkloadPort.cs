namespace Intercept.Control.Model;

/// <summary>A containerPort of a pod, or an entry of a WorkloadEntry's ports (whose names are those of service ports).</summary>
internal sealed record WorkloadPort(string Name, int Port, bool IsTcp);
