namespace Intercept.Xds.Resources;

/// <summary>A field of one resource that has no effect. Lists stand without their index: filter_chains[].metadata.</summary>
internal readonly record struct IgnoredField(string Field, string Reason);
