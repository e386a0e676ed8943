using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Intercept.Control.Model;

/// <summary>
/// Names with values in ordinal order, compared by content. Two flat arrays' worth of memory: a mesh has as many of
/// these as it has pods.
/// </summary>
internal readonly struct ValueMap<T> : IReadOnlyCollection<KeyValuePair<string, T>>, IEquatable<ValueMap<T>>
{
    private readonly ImmutableArray<KeyValuePair<string, T>> _entries;

    /// <param name="entries">Without a name that is there twice.</param>
    public ValueMap(IEnumerable<KeyValuePair<string, T>> entries) =>
        _entries = [.. entries.OrderBy(entry => entry.Key, StringComparer.Ordinal)];

    public static ValueMap<T> Empty => default;

    public ImmutableArray<KeyValuePair<string, T>> Entries => _entries.IsDefault ? [] : _entries;

    public int Count => Entries.Length;

    public bool IsEmpty => Count == 0;

    public IEnumerable<string> Keys => Entries.Select(entry => entry.Key);

    public IEnumerable<T> Values => Entries.Select(entry => entry.Value);

    public static bool operator ==(ValueMap<T> left, ValueMap<T> right) => left.Equals(right);

    public static bool operator !=(ValueMap<T> left, ValueMap<T> right) => !left.Equals(right);

    public bool ContainsKey(string key) => Find(key) >= 0;

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out T value)
    {
        var at = Find(key);
        value = at < 0 ? default : _entries[at].Value;
        return at >= 0;
    }

    public T? GetValueOrDefault(string key) => TryGetValue(key, out var value) ? value : default;

    public ImmutableArray<KeyValuePair<string, T>>.Enumerator GetEnumerator() => Entries.GetEnumerator();

    IEnumerator<KeyValuePair<string, T>> IEnumerable<KeyValuePair<string, T>>.GetEnumerator() =>
        ((IEnumerable<KeyValuePair<string, T>>)Entries).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => ((IEnumerable)Entries).GetEnumerator();

    public bool Equals(ValueMap<T> other)
    {
        var (mine, others) = (Entries, other.Entries);
        if (mine.Length != others.Length)
        {
            return false;
        }

        for (var i = 0; i < mine.Length; i++)
        {
            if (mine[i].Key != others[i].Key || !EqualityComparer<T>.Default.Equals(mine[i].Value, others[i].Value))
            {
                return false;
            }
        }

        return true;
    }

    public override bool Equals(object? obj) => obj is ValueMap<T> other && Equals(other);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var (key, value) in Entries)
        {
            hash.Add(key, StringComparer.Ordinal);
            hash.Add(value);
        }

        return hash.ToHashCode();
    }

    public override string ToString() => $"{{{string.Join(", ", Entries.Select(entry => $"{entry.Key}={entry.Value}"))}}}";

    private int Find(string key)
    {
        var (low, high) = (0, Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = string.CompareOrdinal(_entries[middle].Key, key);
            if (order == 0)
            {
                return middle;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return -1;
    }
}
