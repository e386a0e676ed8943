namespace Intercept.Control.Model.Traffic;

/// <param name="Host">The FQDN: short names are completed with the namespace of the resource.</param>
/// <param name="Subset">Of the DestinationRule for the host; null for all endpoints.</param>
/// <param name="Port">Null if the service has only one port.</param>
internal sealed record Destination(string Host, string? Subset, int? Port);
