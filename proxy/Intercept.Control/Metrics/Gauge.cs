namespace Intercept.Control.Metrics;

/// <summary>What there is now, asked for when it is read; nothing while there is nothing to tell.</summary>
internal sealed class Gauge(string name, string help, Func<double?> read, IReadOnlyList<Label>? labels = null) : MetricFamily(name, MetricKind.Gauge, help)
{
    public override IEnumerable<Sample> Samples() => read() is { } value ? [new Sample("", labels ?? [], value)] : [];
}
