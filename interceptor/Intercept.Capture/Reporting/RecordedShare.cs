namespace Intercept.Capture.Reporting;

/// <param name="What">"outbound", "inbound", or "backend" for both.</param>
/// <param name="Reason">Why this backend, and where eBPF was not taken, why not.</param>
public sealed record RecordedShare(string What, string Backend, string Reason);
