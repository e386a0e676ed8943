namespace Intercept.Control.Model.Traffic;

internal sealed record PortTrafficPolicy(int Port, TrafficPolicy Policy);
