using Intercept.Capture.Configuration;
using Intercept.Capture.Ebpf.Probing;
using Intercept.Capture.Planning;

namespace Intercept.Capture.Ebpf;

/// <summary>Which directions the programs capture; what they do not, packet rules do. Printed and recorded, like every choice of a backend.</summary>
/// <param name="OutboundReason">Why, or why not.</param>
/// <param name="Findings">Of the trial; null where none was made.</param>
internal sealed record EbpfDecision(bool Outbound, string OutboundReason, bool Inbound, string InboundReason, EbpfFindings? Findings = null)
{
    public static bool IsAsked(BackendChoice choice) => choice is BackendChoice.Auto or BackendChoice.Ebpf;

    public static EbpfDecision Neither(string reason) => new(false, reason, false, reason);

    public static EbpfDecision Both(string reason) => new(true, reason, true, reason);

    /// <param name="unsupportedOutbound">What these programs cannot do of what is asked of what the pod sends; nothing where that may be empty.</param>
    /// <param name="findings">Of a trial.</param>
    public static EbpfDecision Of(IReadOnlyList<string> unsupportedOutbound, IReadOnlyList<string> unsupportedInbound, EbpfFindings findings)
    {
        var (outbound, outboundReason) = Of(unsupportedOutbound, findings.Outbound);
        var (inbound, inboundReason) = Of(unsupportedInbound, findings.Inbound);
        return new EbpfDecision(outbound, outboundReason, inbound, inboundReason, findings);
    }

    /// <summary>Why programs do what they do.</summary>
    public string Reason => (Outbound, Inbound) switch
    {
        (true, true) => OutboundReason == InboundReason ? OutboundReason : $"{OutboundReason}; inbound: {InboundReason}",
        (true, false) => OutboundReason,
        _ => InboundReason,
    };

    /// <returns>The part of the plan that programs do; null where they do nothing.</returns>
    public CapturePlan? Programs(CapturePlan plan) => Part(plan, Outbound, Inbound) is { } part ? EbpfPlan.WithRoutes(part) : null;

    /// <returns>The part of the plan that packet rules do; null where they do nothing.</returns>
    public CapturePlan? Rules(CapturePlan plan) => Programs(plan) is null ? plan : Part(plan, !Outbound, !Inbound);

    private static (bool Usable, string Reason) Of(IReadOnlyList<string> unsupported, EbpfFinding finding) =>
        unsupported.Count > 0 ? (false, string.Join("; ", unsupported)) : (finding.IsUsable, finding.ToString());

    private static CapturePlan? Part(CapturePlan plan, bool outbound, bool inbound)
    {
        var configuration = plan.Configuration;
        return (outbound && configuration.CapturesOutbound, inbound && configuration.CapturesInbound) switch
        {
            (true, true) => plan,
            (true, false) => CapturePlan.Create(configuration.OutboundOnly()),
            (false, true) => CapturePlan.Create(configuration.InboundOnly()),
            _ => null,
        };
    }
}
