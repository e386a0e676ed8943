using Intercept.Capture.Configuration;
using Intercept.Capture.Ebpf.Places;
using Intercept.Capture.Execution;
using Intercept.Capture.Planning;

namespace Intercept.Capture.Ebpf;

/// <summary>Which directions the programs capture; what they do not, packet rules do. Printed and recorded, like every choice of a backend.</summary>
/// <param name="OutboundReason">Why, or why not.</param>
internal sealed record EbpfDecision(bool Outbound, string OutboundReason, bool Inbound, string InboundReason)
{
    public static EbpfDecision Neither(string reason) => new(false, reason, false, reason);

    public static bool IsAsked(BackendChoice choice) => choice is BackendChoice.Auto or BackendChoice.Ebpf;

    /// <exception cref="CaptureException">eBPF was asked for and cannot do it; with every reason.</exception>
    public static EbpfDecision Make(BackendChoice choice, CapturePlan plan, NetworkNamespace pod, Cgroup? cgroup, string noCgroup)
    {
        string[] general = cgroup is null ? [noCgroup] : [];
        var (configuration, why) = (plan.Configuration, choice == BackendChoice.Ebpf ? "it was asked for" : "a trial showed that it works here");
        List<string> outbound = [.. general, .. EbpfPlan.Unsupported(configuration.OutboundOnly(), pod.Forwards)];
        List<string> inbound = [.. general, .. EbpfPlan.Unsupported(configuration.InboundOnly(), pod.Forwards)];
        List<string> all = [.. outbound.Union(inbound)];
        if (choice == BackendChoice.Ebpf && all.Count > 0)
        {
            throw new CaptureException($"eBPF cannot capture as asked:\n{string.Concat(all.Select(reason => $"  {reason}\n"))}"
                + "With --backend auto, packet rules do what eBPF cannot.");
        }

        return new EbpfDecision(
            outbound.Count == 0, outbound.Count == 0 ? why : string.Join("; ", outbound),
            inbound.Count == 0, inbound.Count == 0 ? why : string.Join("; ", inbound));
    }

    /// <returns>The part of the plan that programs do; null where they do nothing.</returns>
    public CapturePlan? Programs(CapturePlan plan) => Part(plan, Outbound, Inbound);

    /// <returns>The part of the plan that packet rules do; null where they do nothing.</returns>
    public CapturePlan? Rules(CapturePlan plan) => Programs(plan) is null ? plan : Part(plan, !Outbound, !Inbound);

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
