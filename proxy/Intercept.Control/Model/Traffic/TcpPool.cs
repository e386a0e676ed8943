namespace Intercept.Control.Model.Traffic;

internal sealed record TcpPool(
    uint? MaxConnections, TimeSpan? ConnectTimeout, TcpKeepalive? Keepalive, TimeSpan? MaxConnectionDuration, TimeSpan? IdleTimeout);
