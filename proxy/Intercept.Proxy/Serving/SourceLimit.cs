using Intercept.Core.Addressing;

namespace Intercept.Proxy.Serving;

/// <summary>
/// Live connections of one listener by source address, over all loops: the kernel spreads the connections of a source
/// over them. Locked, and only used where a limit is configured.
/// </summary>
internal sealed class SourceLimit
{
    private readonly Dictionary<NetAddress, int> _counts = [];
    private readonly Lock _lock = new();

    public bool TryEnter(NetAddress source, int limit)
    {
        lock (_lock)
        {
            var count = _counts.GetValueOrDefault(source);
            if (count >= limit)
            {
                return false;
            }

            _counts[source] = count + 1;
            return true;
        }
    }

    public void Leave(NetAddress source)
    {
        lock (_lock)
        {
            var count = _counts[source];
            if (count == 1)
            {
                _counts.Remove(source);
            }
            else
            {
                _counts[source] = count - 1;
            }
        }
    }
}
