using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Intercept.Control.Metrics;

/// <summary>Every metric of the process. Each room makes its own at start and keeps them.</summary>
internal sealed class MetricRegistry
{
    private readonly ConcurrentDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);

    public IEnumerable<MetricFamily> All => _families.Values.OrderBy(family => family.Name, StringComparer.Ordinal);

    public Counter Counter(string name, string help, string? label = null) => Add(new Counter(name, label, help));

    /// <summary>What there is now.</summary>
    public void Gauge(string name, string help, Func<double?> read, IReadOnlyList<Label>? labels = null) =>
        Add(new ReadMetric(name, MetricKind.Gauge, help, read, labels));

    /// <summary>What somebody else counts.</summary>
    public void Total(string name, string help, Func<double?> read) => Add(new ReadMetric(name, MetricKind.Counter, help, read));

    public Histogram Histogram(string name, string help, ImmutableArray<double> bounds) => Add(new Histogram(name, bounds, help));

    private T Add<T>(T family)
        where T : MetricFamily =>
        _families.TryAdd(family.Name, family) ? family : throw new InvalidOperationException($"there are two metrics {family.Name}");
}
