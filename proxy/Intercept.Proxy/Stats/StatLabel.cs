namespace Intercept.Proxy.Stats;

/// <summary>A part of a name that varies: in Envoy's text it stands within the name, in Prometheus it is a label.</summary>
internal readonly record struct StatLabel(string Name, string Value);
