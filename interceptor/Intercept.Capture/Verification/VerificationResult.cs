namespace Intercept.Capture.Verification;

/// <param name="Check">What was checked: "outbound IPv4".</param>
/// <param name="Status">How far it is known.</param>
/// <param name="Detail">A sentence.</param>
/// <param name="Rule">The rule that decides this flow, as the backend lists it; null where none does.</param>
public sealed record VerificationResult(string Check, VerificationStatus Status, string Detail, string? Rule);
