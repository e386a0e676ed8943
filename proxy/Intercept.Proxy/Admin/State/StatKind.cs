namespace Intercept.Proxy.Admin.State;

internal enum StatKind : byte
{
    /// <summary>Only grows, but for /reset_counters.</summary>
    Counter = 0,

    Gauge = 1,
}
