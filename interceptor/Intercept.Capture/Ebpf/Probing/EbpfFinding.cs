using System.Collections.Immutable;

namespace Intercept.Capture.Ebpf.Probing;

/// <summary>Whether one direction can be captured by eBPF here.</summary>
/// <param name="Answers">Never empty. Everything that is in the way, the most basic first; or the one answer that it works.</param>
public sealed record EbpfFinding(ImmutableArray<EbpfAnswer> Answers)
{
    public bool IsUsable => Answers.All(answer => answer.IsUsable);

    public EbpfAnswer First => Answers[0];

    public bool Has(EbpfReason reason) => Answers.Any(answer => answer.Reason == reason);

    public override string ToString() => string.Join("; ", Answers);
}
