namespace Intercept.Control.Model.Traffic;

/// <summary>From one region to another.</summary>
internal readonly record struct LocalityFailover(string From, string To);
