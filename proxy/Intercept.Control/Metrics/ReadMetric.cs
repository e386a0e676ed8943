namespace Intercept.Control.Metrics;

/// <summary>Asked for when it is read; nothing while there is nothing to tell.</summary>
internal sealed class ReadMetric(string name, MetricKind kind, string help, Func<double?> read, IReadOnlyList<Label>? labels = null) : MetricFamily(name, kind, help)
{
    public override IEnumerable<Sample> Samples() => read() is { } value ? [new Sample("", labels ?? [], value)] : [];
}
