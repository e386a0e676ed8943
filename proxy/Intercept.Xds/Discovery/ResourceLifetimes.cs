using System.Collections.Immutable;

namespace Intercept.Xds.Discovery;

/// <summary>
/// The resources that exist only as long as the server says so again and again: their ttl. Time passes whether there is a
/// stream or not, since a server that is gone is what it is for; so an instance belongs to a client, not to a stream.
/// </summary>
internal sealed class ResourceLifetimes(TimeProvider time)
{
    private readonly Dictionary<(ResourceType Type, string Name), Lifetime> _lifetimes = [];

    /// <summary>How long until the first ends; null when none does.</summary>
    public TimeSpan? Next => _lifetimes.Count == 0 ? null : _lifetimes.Values.Min(Remaining);

    /// <summary>Takes note of a batch that a receiver was given.</summary>
    public void Note(ResponseReading reading, IResourceReceiver receiver)
    {
        var batch = reading.Batch;
        if (batch.IsWhole && _lifetimes.Count > 0)
        {
            var there = batch.Updated.Select(resource => resource.Name).ToHashSet(StringComparer.Ordinal);
            foreach (var key in _lifetimes.Keys.Where(key => key.Type == batch.Type && !there.Contains(key.Name)).ToArray())
            {
                _lifetimes.Remove(key);
            }
        }

        foreach (var name in batch.Removed)
        {
            _lifetimes.Remove((batch.Type, name));
        }

        // Few servers use it, and to ask for the versions is work.
        var concerned = batch.Updated.Where(resource => resource.Lifetime is not null || _lifetimes.ContainsKey((batch.Type, resource.Name))).ToArray();
        if (concerned.Length == 0 && reading.Heartbeats.Count == 0)
        {
            return;
        }

        var versions = receiver.Versions(batch.Type);
        foreach (var resource in concerned)
        {
            // One that was refused says nothing about the last good one, which ends when it would have.
            if (versions.GetValueOrDefault(resource.Name) == resource.Version)
            {
                Set(batch.Type, resource.Name, resource.Lifetime);
            }
        }

        foreach (var heartbeat in reading.Heartbeats)
        {
            if (versions.GetValueOrDefault(heartbeat.Name) == heartbeat.Version)
            {
                Set(batch.Type, heartbeat.Name, heartbeat.Lifetime);
            }
        }
    }

    /// <summary>Takes from a receiver what has ended.</summary>
    /// <returns>What that was.</returns>
    public ImmutableArray<(ResourceType Type, string Name)> Expire(IResourceReceiver receiver)
    {
        ImmutableArray<(ResourceType Type, string Name)> ended = [.. _lifetimes.Where(lifetime => Remaining(lifetime.Value) == TimeSpan.Zero).Select(lifetime => lifetime.Key)];
        foreach (var type in ended.GroupBy(key => key.Type, key => key.Name))
        {
            ImmutableArray<string> names = [.. type.Order(StringComparer.Ordinal)];
            foreach (var name in names)
            {
                _lifetimes.Remove((type.Key, name));
            }

            receiver.Receive(new ResourceBatch(type.Key, [], names, IsWhole: false));
        }

        return ended;
    }

    private void Set(ResourceType type, string name, TimeSpan? length)
    {
        if (length is { } given)
        {
            _lifetimes[(type, name)] = new Lifetime(time.GetTimestamp(), given);
        }
        else
        {
            _lifetimes.Remove((type, name));
        }
    }

    private TimeSpan Remaining(Lifetime lifetime)
    {
        var remaining = lifetime.Length - time.GetElapsedTime(lifetime.Since);
        return remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero;
    }

    private readonly record struct Lifetime(long Since, TimeSpan Length);
}
