using System.Collections.Immutable;
using Intercept.Xds.Discovery;

namespace Intercept.Xds.Resources;

/// <summary>Names that resources refer to, each for as long as one does. The subscription stays the same object until a name comes or goes.</summary>
internal sealed class NameCounts
{
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly ImmutableHashSet<string>.Builder _names = ImmutableHashSet.CreateBuilder<string>(StringComparer.Ordinal);
    private Subscription? _subscription;

    public Subscription Subscription => _subscription ??= Subscription.To(_names.ToImmutable());

    public bool Contains(string name) => _counts.ContainsKey(name);

    public void Add(string name)
    {
        var count = _counts.GetValueOrDefault(name);
        _counts[name] = count + 1;
        if (count == 0)
        {
            _names.Add(name);
            _subscription = null;
        }
    }

    public void Remove(string name)
    {
        if (!_counts.TryGetValue(name, out var count))
        {
            return;
        }

        if (count > 1)
        {
            _counts[name] = count - 1;
            return;
        }

        _counts.Remove(name);
        _names.Remove(name);
        _subscription = null;
    }
}
