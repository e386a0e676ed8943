namespace Intercept.Control.Model.Traffic;

/// <param name="Percentage">0 to 100.</param>
internal sealed record HttpMirror(Destination Destination, double Percentage);
