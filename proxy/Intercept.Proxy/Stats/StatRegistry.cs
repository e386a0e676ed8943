using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Intercept.Proxy.Stats;

/// <summary>
/// Every number by name, made when first asked for and kept over reloads. Whoever counts asks once and keeps the object:
/// no name is looked up on the data path.
/// </summary>
internal sealed class StatRegistry
{
    private readonly ConcurrentDictionary<string, RegisteredStat> _stats = new(StringComparer.Ordinal);

    public IEnumerable<RegisteredStat> All => _stats.Values.OrderBy(stat => stat.Text, StringComparer.Ordinal);

    /// <param name="scope">"cluster", "listener", "tcp".</param>
    /// <param name="label">What varies behind the scope.</param>
    /// <param name="name">The rest: "upstream_cx_total".</param>
    public Counter Counter(string scope, StatLabel label, string name) =>
        _stats.GetOrAdd($"{scope}.{label.Value}.{name}", static (text, from) => New(text, from.scope, from.label, from.name, new Counter(), null), (scope, label, name)).Counter
        ?? throw new InvalidOperationException($"{scope}.{label.Value}.{name} is a gauge");

    public Gauge Gauge(string scope, StatLabel label, string name) =>
        _stats.GetOrAdd($"{scope}.{label.Value}.{name}", static (text, from) => New(text, from.scope, from.label, from.name, null, new Gauge()), (scope, label, name)).Gauge
        ?? throw new InvalidOperationException($"{scope}.{label.Value}.{name} is a counter");

    public Counter Counter(string name) =>
        _stats.GetOrAdd(name, static name => new RegisteredStat(name, name, [], new Counter(), null)).Counter
        ?? throw new InvalidOperationException($"{name} is a gauge");

    public Gauge Gauge(string name) =>
        _stats.GetOrAdd(name, static name => new RegisteredStat(name, name, [], null, new Gauge())).Gauge
        ?? throw new InvalidOperationException($"{name} is a counter");

    /// <summary>A counter whose labels are no part of a dotted name of Envoy's.</summary>
    public Counter Counter(string name, ImmutableArray<StatLabel> labels)
    {
        var text = $"{name}.{string.Join('.', labels.Select(label => label.Value))}";
        return _stats.GetOrAdd(text, static (text, from) => new RegisteredStat(text, from.name, from.labels, new Counter(), null), (name, labels)).Counter
            ?? throw new InvalidOperationException($"{text} is a gauge");
    }

    public void ResetCounters()
    {
        foreach (var stat in _stats.Values)
        {
            stat.Counter?.Reset();
        }
    }

    private static RegisteredStat New(string text, string scope, StatLabel label, string name, Counter? counter, Gauge? gauge) =>
        new(text, $"{scope}.{name}", [label], counter, gauge);
}
