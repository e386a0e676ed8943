namespace Intercept.Proxy.Stats;

/// <summary>What /clusters says of one host.</summary>
internal sealed class EndpointStats
{
    public Counter Connections { get; } = new();

    public Gauge Active { get; } = new();

    public Counter ConnectFailures { get; } = new();

    public Counter Received { get; } = new();

    public Counter Sent { get; } = new();
}
