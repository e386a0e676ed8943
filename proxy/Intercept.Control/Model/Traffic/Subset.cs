namespace Intercept.Control.Model.Traffic;

/// <param name="Policy">Lies over that of the rule, field by field at the top level.</param>
internal sealed record Subset(string Name, ValueMap<string> Labels, TrafficPolicy? Policy);
