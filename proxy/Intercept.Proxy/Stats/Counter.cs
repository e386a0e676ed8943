namespace Intercept.Proxy.Stats;

/// <summary>Only grows. Shared by the loops: a connection touches it a handful of times, a relayed byte never does.</summary>
internal sealed class Counter
{
    private long _value;

    public long Value => Interlocked.Read(ref _value);

    public void Add(long amount = 1) => Interlocked.Add(ref _value, amount);

    public void Reset() => Interlocked.Exchange(ref _value, 0);
}
