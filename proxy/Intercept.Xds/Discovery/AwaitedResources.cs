namespace Intercept.Xds.Discovery;

/// <summary>
/// What was asked for and has not come: the initial fetch timeout of each. Time passes only while the stream is
/// connected, so an instance belongs to one stream.
/// </summary>
internal sealed class AwaitedResources(DiscoveryOptions options, TimeProvider time)
{
    private readonly Dictionary<ResourceType, HashSet<string>> _names = [];

    // Names asked for together expire together, and one type has one timeout: each queue is in order of its deadlines.
    private readonly Dictionary<ResourceType, Queue<Deadline>> _deadlines = [];
    private bool _isConnected;

    /// <summary>How long until the next may expire; null when nothing can.</summary>
    public TimeSpan? Next
    {
        get
        {
            TimeSpan? next = null;
            foreach (var queue in _deadlines.Values)
            {
                if (_isConnected && queue.TryPeek(out var first))
                {
                    var remaining = Remaining(first);
                    next = next is null || remaining < next ? remaining : next;
                }
            }

            return next;
        }
    }

    /// <summary>What was asked for before is on its way now.</summary>
    public void Connect()
    {
        _isConnected = true;
        foreach (var queue in _deadlines.Values)
        {
            for (var i = queue.Count; i > 0; i--)
            {
                queue.Enqueue(queue.Dequeue() with { Since = time.GetTimestamp() });
            }
        }
    }

    public void Add(ResourceType type, IReadOnlyCollection<string> names)
    {
        if (names.Count == 0 || options.InitialFetchTimeout(type) == TimeSpan.Zero)
        {
            return;
        }

        if (!_names.TryGetValue(type, out var awaited))
        {
            _names.Add(type, awaited = []);
            _deadlines.Add(type, new Queue<Deadline>());
        }

        awaited.UnionWith(names);
        _deadlines[type].Enqueue(new Deadline(time.GetTimestamp(), options.InitialFetchTimeout(type), names));
    }

    /// <summary>It came, or is not wanted any more.</summary>
    public void Remove(ResourceType type, string name) => _names.GetValueOrDefault(type)?.Remove(name);

    public void RemoveAll(ResourceType type) => _names.GetValueOrDefault(type)?.Clear();

    /// <summary>What has not come in its time; each is told once.</summary>
    public List<(ResourceType Type, string Name)> TakeExpired()
    {
        var expired = new List<(ResourceType, string)>();
        foreach (var (type, queue) in _deadlines)
        {
            while (_isConnected && queue.TryPeek(out var first) && Remaining(first) <= TimeSpan.Zero)
            {
                expired.AddRange(queue.Dequeue().Names.Where(_names[type].Remove).Select(name => (type, name)));
            }
        }

        return expired;
    }

    private TimeSpan Remaining(Deadline deadline)
    {
        var remaining = deadline.Timeout - time.GetElapsedTime(deadline.Since);
        return remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero;
    }

    private readonly record struct Deadline(long Since, TimeSpan Timeout, IReadOnlyCollection<string> Names);
}
