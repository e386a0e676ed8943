namespace Intercept.Control.Metrics;

internal readonly record struct Label(string Name, string Value);
