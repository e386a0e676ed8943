namespace Intercept.Proxy.Stats;

/// <summary>The numbers of one thing, registered when it is first used: most of many thousand clusters never are.</summary>
internal sealed class LazyStats<T>(StatRegistry registry, string name, Func<StatRegistry, string, T> create)
    where T : class
{
    private T? _value;

    // Made twice by two loops at once, both count in the same counters: those are the registry's, by name.
    public T Value => Volatile.Read(ref _value) ?? Interlocked.CompareExchange(ref _value, create(registry, name), null) ?? _value;

    public T? IfUsed => Volatile.Read(ref _value);
}
