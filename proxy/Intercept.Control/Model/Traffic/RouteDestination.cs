namespace Intercept.Control.Model.Traffic;

/// <param name="Weight">Against the others of its route; a single destination takes everything, whatever its weight.</param>
/// <param name="Headers">Of HTTP only; null for none.</param>
internal sealed record RouteDestination(Destination Destination, uint Weight, HeaderRules? Headers);
