namespace Intercept.Control.Metrics;

internal enum MetricKind
{
    Counter,
    Gauge,
    Histogram,
}
