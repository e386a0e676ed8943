using System.Collections.Immutable;
using System.Globalization;

namespace Intercept.Control.Metrics;

/// <summary>How many were how long.</summary>
/// <param name="bounds">Upper bounds, rising, without infinity.</param>
internal sealed class Histogram(string name, ImmutableArray<double> bounds, string help) : MetricFamily(name, MetricKind.Histogram, help)
{
    private readonly Lock _lock = new();
    private readonly long[] _counts = new long[bounds.Length + 1];
    private double _sum;

    public void Observe(double value)
    {
        var place = 0;
        while (place < bounds.Length && value > bounds[place])
        {
            place++;
        }

        lock (_lock)
        {
            _counts[place]++;
            _sum += value;
        }
    }

    public override IEnumerable<Sample> Samples()
    {
        long[] counts;
        double sum;
        lock (_lock)
        {
            (counts, sum) = ([.. _counts], _sum);
        }

        var total = 0L;
        for (var i = 0; i < counts.Length; i++)
        {
            total += counts[i];
            var bound = i < bounds.Length ? bounds[i].ToString(CultureInfo.InvariantCulture) : "+Inf";
            yield return new Sample("_bucket", [new Label("le", bound)], total);
        }

        yield return new Sample("_sum", [], sum);
        yield return new Sample("_count", [], total);
    }
}
