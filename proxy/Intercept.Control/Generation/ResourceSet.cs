using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Intercept.Control.Generation;

/// <summary>
/// All resources of one type for some proxies: those that one proxy has alone, and below them a set that many share, so
/// that ten thousand clusters are listed and compared once and not for every proxy. Immutable: what a proxy has is kept
/// as a reference to it.
/// </summary>
internal sealed class ResourceSet
{
    private readonly ImmutableArray<GeneratedResource> _own;
    private readonly ResourceSet? _shared;
    private readonly Lazy<string> _version;
    private ResourceChanges? _lastChanges;

    /// <param name="resources">A name stands once, and not in <paramref name="shared"/>.</param>
    public ResourceSet(ImmutableArray<GeneratedResource> resources, ResourceSet? shared = null)
    {
        _own = IsOrdered(resources) ? resources : [.. resources.OrderBy(resource => resource.Name, StringComparer.Ordinal)];
        _shared = shared;
        _version = new Lazy<string>(HashOfAll);
    }

    public static ResourceSet Empty { get; } = new([]);

    public int Count => _own.Length + (_shared?.Count ?? 0);

    public IEnumerable<GeneratedResource> All => _shared is null ? _own : _shared.All.Concat(_own);

    /// <summary>The same where the same resources stand, whoever made the set.</summary>
    public string Version => _version.Value;

    public GeneratedResource? Find(string name)
    {
        var (low, high) = (0, _own.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = string.CompareOrdinal(_own[middle].Name, name);
            if (order == 0)
            {
                return _own[middle];
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return _shared?.Find(name);
    }

    /// <summary>What makes this set of another. Remembered for the last one asked about: most proxies come from the same set.</summary>
    public ResourceChanges ChangesSince(ResourceSet earlier)
    {
        if (Volatile.Read(ref _lastChanges) is { } known && known.Since == earlier)
        {
            return known;
        }

        var changes = Compare(earlier);
        Volatile.Write(ref _lastChanges, changes);
        return changes;
    }

    /// <summary>Whether the set, apart from what it shares, consists of these very objects, in the order of their names.</summary>
    public bool Has(ImmutableArray<GeneratedResource> resources) => _own.AsSpan().SequenceEqual(resources.AsSpan());

    private static bool IsOrdered(ImmutableArray<GeneratedResource> resources)
    {
        for (var i = 1; i < resources.Length; i++)
        {
            if (string.CompareOrdinal(resources[i - 1].Name, resources[i].Name) > 0)
            {
                return false;
            }
        }

        return true;
    }

    private ResourceChanges Compare(ResourceSet earlier)
    {
        var updated = ImmutableArray.CreateBuilder<GeneratedResource>();
        var removed = ImmutableArray.CreateBuilder<string>();
        if (earlier != this)
        {
            if (_shared != earlier._shared)
            {
                var below = (_shared ?? Empty).ChangesSince(earlier._shared ?? Empty);
                updated.AddRange(below.Updated);
                removed.AddRange(below.Removed.Where(name => Find(name) is null));
            }

            CompareOwn(earlier._own, updated, removed);
        }

        return new ResourceChanges(earlier, updated.ToImmutable(), removed.ToImmutable());
    }

    // Both are in the order of names.
    private void CompareOwn(
        ImmutableArray<GeneratedResource> earlier, ImmutableArray<GeneratedResource>.Builder updated, ImmutableArray<string>.Builder removed)
    {
        var at = 0;
        foreach (var resource in _own)
        {
            for (; at < earlier.Length && string.CompareOrdinal(earlier[at].Name, resource.Name) < 0; at++)
            {
                Remove(earlier[at].Name);
            }

            var before = at < earlier.Length && earlier[at].Name == resource.Name ? earlier[at++] : null;
            if (before != resource && before?.Version != resource.Version)
            {
                updated.Add(resource);
            }
        }

        for (; at < earlier.Length; at++)
        {
            Remove(earlier[at].Name);
        }

        void Remove(string name)
        {
            if (Find(name) is null)
            {
                removed.Add(name);
            }
        }
    }

    private string HashOfAll()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        if (_shared is not null)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(_shared.Version));
        }

        foreach (var resource in _own)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(resource.Name));
            hash.AppendData("\0"u8);
            hash.AppendData(Encoding.UTF8.GetBytes(resource.Version));
            hash.AppendData("\0"u8);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8));
    }
}
