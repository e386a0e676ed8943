using System.Collections.Immutable;
using Intercept.Core.Addressing;

namespace Intercept.Mesh.Listeners.Selection;

internal sealed class PrefixLevel<TNext>
    where TNext : class, new()
{
    // Longest prefix first, so that the first that contains an address is the most specific.
    private readonly List<(Cidr Prefix, TNext Next)> _byPrefix = [];
    private TNext? _any;

    public IEnumerable<TNext> Open(ImmutableArray<Cidr> prefixes)
    {
        if (prefixes.IsEmpty)
        {
            yield return _any ??= new TNext();
        }

        foreach (var prefix in prefixes)
        {
            yield return Open(prefix);
        }
    }

    public TNext? Find(NetAddress address)
    {
        foreach (var (prefix, next) in _byPrefix)
        {
            if (prefix.Contains(address))
            {
                return next;
            }
        }

        return _any;
    }

    private TNext Open(Cidr prefix)
    {
        var at = 0;
        foreach (var (known, next) in _byPrefix)
        {
            if (known == prefix)
            {
                return next;
            }

            at += known.PrefixLength >= prefix.PrefixLength ? 1 : 0;
        }

        var opened = new TNext();
        _byPrefix.Insert(at, (prefix, opened));
        return opened;
    }
}
