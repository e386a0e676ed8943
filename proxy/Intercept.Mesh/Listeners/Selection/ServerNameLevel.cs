using System.Collections.Immutable;

namespace Intercept.Mesh.Listeners.Selection;

internal sealed class ServerNameLevel
{
    private readonly Dictionary<string, TransportLevel> _exact = new(StringComparer.OrdinalIgnoreCase);

    // "*.example.com" stands here as ".example.com".
    private readonly Dictionary<string, TransportLevel> _bySuffix = new(StringComparer.OrdinalIgnoreCase);
    private TransportLevel? _any;

    public bool DependsOnFirstBytes => _exact.Count > 0 || _bySuffix.Count > 0 || _any is { DependsOnFirstBytes: true };

    public IEnumerable<TransportLevel> Open(ImmutableArray<string> names)
    {
        if (names.IsEmpty)
        {
            yield return _any ??= new TransportLevel();
        }

        foreach (var name in names)
        {
            var isWildcard = name.StartsWith("*.", StringComparison.Ordinal);
            var map = isWildcard ? _bySuffix : _exact;
            var key = isWildcard ? name[1..] : name;
            if (!map.TryGetValue(key, out var next))
            {
                map.Add(key, next = new TransportLevel());
            }

            yield return next;
        }
    }

    public TransportLevel? Find(string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            return _any;
        }

        if (_exact.TryGetValue(name, out var exact))
        {
            return exact;
        }

        var suffixes = _bySuffix.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var dot = name.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = name.IndexOf('.', dot + 1))
        {
            if (suffixes.TryGetValue(name.AsSpan(dot), out var next))
            {
                return next;
            }
        }

        return _any;
    }
}
