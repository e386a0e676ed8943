using Intercept.Capture.Planning;

namespace Intercept.Capture.Execution;

/// <summary>What one backend does of a plan.</summary>
/// <param name="What">"backend" for everything, or "outbound", "inbound".</param>
/// <param name="Reason">A clause: "because ...".</param>
internal sealed record CaptureShare(ICaptureBackend Backend, CapturePlan Plan, string What, string Reason);
