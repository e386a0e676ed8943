using System.Collections.Immutable;

namespace Intercept.Mesh.Listeners.Selection;

internal sealed class PortLevel<TNext>
    where TNext : class, new()
{
    private readonly Dictionary<ushort, TNext> _byPort = [];
    private TNext? _any;

    public IEnumerable<TNext> Open(ImmutableArray<ushort> ports)
    {
        if (ports.IsEmpty)
        {
            yield return _any ??= new TNext();
        }

        foreach (var port in ports)
        {
            if (!_byPort.TryGetValue(port, out var next))
            {
                _byPort.Add(port, next = new TNext());
            }

            yield return next;
        }
    }

    public TNext? Find(ushort port) => _byPort.TryGetValue(port, out var next) ? next : _any;
}
