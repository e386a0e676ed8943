namespace Intercept.Control.Model.Traffic;

internal sealed record TcpKeepalive(uint? Probes, TimeSpan? Time, TimeSpan? Interval);
