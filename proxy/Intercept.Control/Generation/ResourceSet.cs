using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Intercept.Control.Generation;

/// <summary>All resources of one type for some proxies. Immutable and shared: what a proxy has is kept as a reference to it.</summary>
internal sealed class ResourceSet
{
    private readonly FrozenDictionary<string, GeneratedResource> _byName;
    private ResourceChanges? _lastChanges;

    /// <param name="resources">In the order in which they are sent; a name stands once.</param>
    public ResourceSet(ImmutableArray<GeneratedResource> resources)
    {
        All = resources;
        _byName = resources.ToFrozenDictionary(resource => resource.Name, StringComparer.Ordinal);
        Version = HashOf(resources);
    }

    public static ResourceSet Empty { get; } = new([]);

    public ImmutableArray<GeneratedResource> All { get; }

    /// <summary>The same where the same resources stand, whoever made the set.</summary>
    public string Version { get; }

    public GeneratedResource? Find(string name) => _byName.GetValueOrDefault(name);

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

    private ResourceChanges Compare(ResourceSet earlier)
    {
        if (earlier == this)
        {
            return new ResourceChanges(earlier, [], []);
        }

        var updated = All.Where(resource => earlier.Find(resource.Name)?.Version != resource.Version);
        var removed = earlier.All.Where(resource => Find(resource.Name) is null).Select(resource => resource.Name);
        return new ResourceChanges(earlier, [.. updated], [.. removed]);
    }

    private static string HashOf(ImmutableArray<GeneratedResource> resources)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var resource in resources)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(resource.Name));
            hash.AppendData("\0"u8);
            hash.AppendData(Encoding.UTF8.GetBytes(resource.Version));
            hash.AppendData("\0"u8);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8));
    }
}
