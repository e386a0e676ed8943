namespace Intercept.Control.Model.Traffic;

/// <param name="Percentage">0 to 100.</param>
internal sealed record FaultDelay(TimeSpan FixedDelay, double Percentage);
