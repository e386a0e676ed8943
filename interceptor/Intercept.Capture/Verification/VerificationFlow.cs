using Intercept.Capture.Planning;

namespace Intercept.Capture.Verification;

/// <summary>One connection to make, and what the plan says about it.</summary>
/// <param name="Check">What it shows: "outbound IPv4".</param>
/// <param name="Flow">As the kernel sees it.</param>
/// <param name="Connects">Who connects; null for the peer outside the namespace.</param>
/// <param name="Expected">The plan's answer.</param>
internal sealed record VerificationFlow(string Check, Flow Flow, Identity? Connects, Explanation Expected);
