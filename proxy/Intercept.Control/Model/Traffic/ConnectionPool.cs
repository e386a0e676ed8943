namespace Intercept.Control.Model.Traffic;

/// <summary>What is null is not said.</summary>
internal sealed record ConnectionPool(TcpPool? Tcp, HttpPool? Http);
