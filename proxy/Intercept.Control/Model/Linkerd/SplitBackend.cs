namespace Intercept.Control.Model.Linkerd;

/// <param name="Host">The FQDN of the backend service.</param>
internal sealed record SplitBackend(string Host, uint Weight);
