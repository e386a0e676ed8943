namespace Intercept.Capture.Verification;

/// <param name="Self">How to start this program again.</param>
/// <param name="Port">The destination port that probes prefer (--iptables-probe-port).</param>
/// <param name="Timeout">How long one connection may take (--probe-timeout).</param>
public sealed record ProbeSettings(SelfCommand Self, ushort Port, TimeSpan Timeout);
