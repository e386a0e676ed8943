namespace Intercept.Runtime.Sockets;

/// <summary>TCP keepalive: silence before the first probe, time between probes, unanswered probes until the end.</summary>
public sealed record KeepAlive(TimeSpan Idle, TimeSpan Interval, int Probes)
{
    internal int Apply(int descriptor) =>
        Linux.SocketOption.SetKeepAlive(descriptor, (int)Idle.TotalSeconds, (int)Interval.TotalSeconds, Probes);
}
