namespace Intercept.Control.Generation.Indexing;

/// <summary>Resources by the hosts that they are for: names, and wildcards such as "*.example.com".</summary>
internal sealed class HostTable<T>
{
    private readonly Dictionary<string, List<T>> _exact = new(StringComparer.Ordinal);

    // "*.example.com" stands here as ".example.com", the longest first: the most specific.
    private readonly List<KeyValuePair<string, List<T>>> _suffixes = [];

    public HostTable(IEnumerable<T> resources, Func<T, IEnumerable<string>> hosts)
    {
        var suffixes = new SortedDictionary<string, List<T>>(Comparer<string>.Create(
            static (left, right) => left.Length != right.Length ? right.Length - left.Length : string.CompareOrdinal(left, right)));
        foreach (var resource in resources)
        {
            foreach (var host in hosts(resource))
            {
                Add(_exact, host, resource);
                if (host.StartsWith('*'))
                {
                    Add(suffixes, host[1..], resource);
                }
            }
        }

        _suffixes.AddRange(suffixes);
    }

    /// <summary>Those for the host, in groups that are equally specific, the most specific group first.</summary>
    public IEnumerable<IReadOnlyList<T>> Find(string host)
    {
        if (_exact.TryGetValue(host, out var exact))
        {
            yield return exact;
        }

        foreach (var (suffix, resources) in _suffixes)
        {
            if (host.Length > suffix.Length && host.EndsWith(suffix, StringComparison.Ordinal) && !host.StartsWith('*'))
            {
                yield return resources;
            }
        }
    }

    private static void Add(IDictionary<string, List<T>> table, string key, T resource)
    {
        if (!table.TryGetValue(key, out var list))
        {
            table.Add(key, list = []);
        }

        list.Add(resource);
    }
}
