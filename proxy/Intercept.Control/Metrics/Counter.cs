using System.Collections.Concurrent;

namespace Intercept.Control.Metrics;

/// <summary>Only grows; one number for each value of its one label, or one alone. Label values are ours, never a caller's.</summary>
internal sealed class Counter(string name, string? label, string help) : MetricFamily(name, MetricKind.Counter, help)
{
    private readonly ConcurrentDictionary<string, long> _values = new(label is null ? [new("", 0)] : [], StringComparer.Ordinal);

    public void Add(string value = "", long amount = 1) =>
        _values.AddOrUpdate(value, static (_, amount) => amount, static (_, sum, amount) => sum + amount, amount);

    public long Value(string value = "") => _values.GetValueOrDefault(value);

    public override IEnumerable<Sample> Samples() =>
        _values.OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .Select(entry => new Sample("", label is null ? [] : [new Label(label, entry.Key)], entry.Value));
}
