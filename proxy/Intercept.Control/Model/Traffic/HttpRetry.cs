namespace Intercept.Control.Model.Traffic;

/// <param name="Attempts">0 turns retries off.</param>
/// <param name="PerTryTimeout">Null: the route's timeout.</param>
/// <param name="RetryOn">As Envoy names the conditions, with status codes among them; empty for the default.</param>
internal sealed record HttpRetry(
    int Attempts, TimeSpan? PerTryTimeout, ValueList<string> RetryOn, bool? RetryRemoteLocalities, TimeSpan? Backoff, bool RetryIgnorePreviousHosts);
