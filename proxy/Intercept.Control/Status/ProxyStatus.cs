namespace Intercept.Control.Status;

/// <param name="Generation">The newest of which the proxy has taken everything.</param>
internal sealed record ProxyStatus(
    string Node, string Caller, string Protocol, DateTimeOffset ConnectedSince, long Generation, IReadOnlyList<ProxyTypeStatus> Types);
