namespace Intercept.Control.Model.Traffic;

/// <param name="Namespace">"*" any, "." the Sidecar's own (filled in here), "~" none, or a name.</param>
/// <param name="Host">An FQDN, "*.suffix" or "*".</param>
internal readonly record struct EgressHost(string Namespace, string Host);
