using System.Collections.Immutable;

namespace Intercept.Mesh.LoadBalancing;

/// <summary>Draws the index of an endpoint, each as often as its weight says.</summary>
internal sealed class WeightedDraw(Random random)
{
    // The sum of the weights up to and with each endpoint; empty when all are the same.
    private long[] _sums = [];
    private int _count;

    public void Replace(ImmutableArray<ResolvedEndpoint> endpoints, bool isEven)
    {
        _count = endpoints.Length;
        _sums = isEven ? [] : new long[_count];
        var sum = 0L;
        for (var i = 0; i < _sums.Length; i++)
        {
            _sums[i] = sum += endpoints[i].Weight;
        }
    }

    public int Next()
    {
        if (_sums.Length == 0)
        {
            return random.Next(_count);
        }

        // The first sum above the point: an exact hit belongs to the next endpoint.
        var found = Array.BinarySearch(_sums, random.NextInt64(_sums[^1]));
        return found < 0 ? ~found : found + 1;
    }
}
