namespace Intercept.Proxy.Stats;

/// <summary>What there is now.</summary>
internal sealed class Gauge
{
    private long _value;

    public long Value => Interlocked.Read(ref _value);

    /// <summary>Was ever more than 0.</summary>
    public bool IsUsed { get; private set; }

    public void Increment()
    {
        Interlocked.Increment(ref _value);
        IsUsed = true;
    }

    public void Decrement() => Interlocked.Decrement(ref _value);

    /// <summary>Takes one if fewer than the limit are taken; 0 is no limit.</summary>
    public bool TryIncrement(long limit)
    {
        if (Interlocked.Increment(ref _value) <= limit || limit == 0)
        {
            IsUsed = true;
            return true;
        }

        Interlocked.Decrement(ref _value);
        return false;
    }
}
