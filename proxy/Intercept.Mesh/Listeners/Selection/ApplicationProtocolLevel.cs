using System.Collections.Immutable;

namespace Intercept.Mesh.Listeners.Selection;

internal sealed class ApplicationProtocolLevel
{
    private readonly Dictionary<string, PrefixLevel<PortLevel<ChainSlot>>> _byProtocol = [];
    private PrefixLevel<PortLevel<ChainSlot>>? _any;

    public bool DependsOnFirstBytes => _byProtocol.Count > 0;

    public IEnumerable<PrefixLevel<PortLevel<ChainSlot>>> Open(ImmutableArray<string> protocols)
    {
        if (protocols.IsEmpty)
        {
            yield return _any ??= new PrefixLevel<PortLevel<ChainSlot>>();
        }

        foreach (var protocol in protocols)
        {
            if (!_byProtocol.TryGetValue(protocol, out var next))
            {
                _byProtocol.Add(protocol, next = new PrefixLevel<PortLevel<ChainSlot>>());
            }

            yield return next;
        }
    }

    /// <summary>The first of the client's protocols, in its order, that any chain names.</summary>
    public PrefixLevel<PortLevel<ChainSlot>>? Find(ImmutableArray<string> protocols)
    {
        if (_byProtocol.Count > 0)
        {
            foreach (var protocol in protocols)
            {
                if (_byProtocol.TryGetValue(protocol, out var next))
                {
                    return next;
                }
            }
        }

        return _any;
    }
}
