namespace Intercept.Control.Model.Linkerd;

internal sealed record RetryBudget(double RetryRatio, uint MinRetriesPerSecond, TimeSpan Ttl);
