namespace Intercept.Control.Model.Traffic;

/// <summary>A tls or a tcp route: the first with a match that matches (or with none) holds.</summary>
internal sealed record ConnectionRoute(ValueList<ConnectionMatch> Matches, ValueList<RouteDestination> Destinations);
