namespace Intercept.Control.Status;

/// <param name="Type">"cds".</param>
/// <param name="State">"synced"; "sent" while the answer is awaited; "rejected".</param>
/// <param name="Subscribed">Names; -1 is all.</param>
internal sealed record ProxyTypeStatus(string Type, string State, string SentVersion, string AcknowledgedVersion, int Subscribed, string? Rejection);
