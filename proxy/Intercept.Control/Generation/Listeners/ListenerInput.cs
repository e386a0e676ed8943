using Intercept.Control.Model;

namespace Intercept.Control.Generation.Listeners;

/// <summary>What a listener at an address of a service is made of.</summary>
/// <param name="StatPrefix">The service's cluster.</param>
/// <param name="HttpRoutes">The route configuration for connections that turn out to be HTTP; null where that is not looked at.</param>
internal sealed record ListenerInput(
    string Address, int Port, string StatPrefix, ValueList<ConnectionTarget> Targets, string? HttpRoutes, TimeSpan? IdleTimeout);
