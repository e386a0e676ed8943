namespace Intercept.Control.Metrics;

/// <summary>Everything of one name.</summary>
internal abstract class MetricFamily(string name, MetricKind kind, string help)
{
    public string Name => name;

    public MetricKind Kind => kind;

    public string Help => help;

    /// <summary>As they are now. Any thread.</summary>
    public abstract IEnumerable<Sample> Samples();
}
