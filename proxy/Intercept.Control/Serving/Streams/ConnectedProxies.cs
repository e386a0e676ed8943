using System.Collections.Concurrent;

namespace Intercept.Control.Serving.Streams;

/// <summary>Every open stream. Any thread.</summary>
internal sealed class ConnectedProxies(int limit)
{
    private static readonly TimeSpan _worthWaiting = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentDictionary<IConnectedProxy, byte> _proxies = new(ReferenceEqualityComparer.Instance);
    private int _count;
    private volatile string? _closed;

    public int Count => Volatile.Read(ref _count);

    public IEnumerable<IConnectedProxy> All => _proxies.Keys;

    /// <returns>Null, or why there is no room.</returns>
    public string? TryAdd(IConnectedProxy proxy)
    {
        if (Interlocked.Increment(ref _count) > limit)
        {
            Interlocked.Decrement(ref _count);
            return $"{limit} proxies are connected, which is the limit";
        }

        _proxies.TryAdd(proxy, 0);

        // After it was added, so that one of the two sees the other.
        if (_closed is { } why)
        {
            Remove(proxy);
            return why;
        }

        return null;
    }

    public void Remove(IConnectedProxy proxy)
    {
        if (_proxies.TryRemove(proxy, out _))
        {
            Interlocked.Decrement(ref _count);
        }
    }

    public void WakeAll()
    {
        foreach (var proxy in _proxies.Keys)
        {
            proxy.Wake();
        }
    }

    /// <summary>
    /// Ends all streams, spread over a time, so that those who come back elsewhere do not come at once. No new one is taken.
    /// </summary>
    public async Task CloseAsync(string why, TimeSpan over, TimeProvider time)
    {
        _closed = why;
        var leaving = _proxies.Keys.ToList();
        var began = time.GetTimestamp();
        for (var i = 0; i < leaving.Count; i++)
        {
            var ahead = (over * i / leaving.Count) - time.GetElapsedTime(began);
            if (ahead > _worthWaiting)
            {
                await Task.Delay(ahead, time);
            }

            leaving[i].End(why);
        }
    }
}
